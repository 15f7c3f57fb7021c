package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// The clients that people use, as published on npm, against the gateway: chat, streams, tools,
/// JSON mode, embeddings, errors, retries. Each case pays with ecash and ends with its change in a
/// real wallet, to the millisat. The run prints a table.
final class ClientMatrixTest {

    private static final Path ROOT = Path.of(System.getProperty("owlrun.root", ".."));
    private static final int MINUTES_MAX = 2;

    @Test
    void clients_ofEveryKind_getAnswersAndTheirChange() throws Exception {
        try (TestGateway gateway = TestGateway.start();
                TestNode node = ScriptedNode.connect(gateway.url())) {
            List<JsonNode> cases = run(gateway.url(), gateway.mintUrl());
            print(cases);
            TreeMap<String, TreeSet<String>> features = new TreeMap<>();
            for (JsonNode done : cases) {
                features.computeIfAbsent(done.path("client").asText(), _ -> new TreeSet<>())
                        .add(done.path("feature").asText());
                assertEquals(
                        done.path("paid").asLong(),
                        done.path("cost").asLong() + done.path("change").asLong(),
                        done.toString());
            }
            for (String client : List.of("openai", "ai", "langchain", "ollama")) {
                assertTrue(
                        features.getOrDefault(client, new TreeSet<>())
                                .containsAll(
                                        List.of(
                                                "chat",
                                                "stream",
                                                "tools",
                                                "JSON mode",
                                                "embeddings",
                                                "error: no such model")),
                        client);
            }
            assertEquals(List.of(), gateway.audit());
            assertTrue(node.key().startsWith("owlr_prov_"));
        }
    }

    private static void print(List<JsonNode> cases) {
        StringBuilder table = new StringBuilder();
        table.append(
                "%n%-10s %-24s %10s %8s %8s%n"
                        .formatted("client", "case", "paid", "cost", "change"));
        for (JsonNode done : cases) {
            table.append(
                    "%-10s %-24s %10d %8d %8d%n"
                            .formatted(
                                    done.path("client").asText(),
                                    done.path("feature").asText(),
                                    done.path("paid").asLong(),
                                    done.path("cost").asLong(),
                                    done.path("change").asLong()));
        }
        System.out.println(table.append("(msat)"));
    }

    private static List<JsonNode> run(String gatewayUrl, String mintUrl) throws Exception {
        Path folder = ROOT.resolve("up/target/node").toAbsolutePath();
        requirePackages(folder);
        Path script = folder.resolve("clients.mjs");
        Files.copy(
                ROOT.resolve("up/src/test/node/clients.mjs"),
                script,
                StandardCopyOption.REPLACE_EXISTING);
        Path out = Files.createTempFile("owlrun", ".out");
        Path err = Files.createTempFile("owlrun", ".err");
        try {
            String program = System.getProperty("owlrun.node", "");
            Process process =
                    new ProcessBuilder(
                                    program.isBlank() ? "node" : program,
                                    script.toString(),
                                    gatewayUrl,
                                    mintUrl)
                            .directory(folder.toFile())
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile())
                            .start();
            boolean ended = process.waitFor(MINUTES_MAX, TimeUnit.MINUTES);
            if (!ended) {
                process.destroyForcibly();
            }
            List<JsonNode> cases = new ArrayList<>();
            for (String line : Files.readAllLines(out)) {
                cases.add(Json.parse(line));
            }
            assertTrue(ended, () -> "not in time, after " + cases.size() + " cases");
            assertEquals(0, process.exitValue(), () -> cases + read(err));
            return cases;
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /// A missing package fails the test; only a run that was told so skips it, with the reason.
    private static void requirePackages(Path folder) {
        if (Files.isDirectory(folder.resolve("node_modules/openai"))) {
            return;
        }
        String reason =
                "the clients are missing: run scripts/test.sh, which installs them from npm";
        if (System.getProperty("owlrun.tests.optional", "").isBlank()) {
            throw new AssertionError(reason);
        }
        System.err.println("SKIPPED: " + reason);
        throw new TestAbortedException(reason);
    }
}
