package me.owlrun.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The command as a process: what it prints and how it ends.
final class MainTest {
    private static final String KEY = "owlr_prov_0123456789abcdef0123456789abcdef";

    @TempDir private Path folder;

    @Test
    void run_untilTerm_connectsAndEndsWithZero() throws Exception {
        Path file = folder.resolve("owlrun.conf");
        try (FakeGateway gateway = FakeGateway.start(KEY)) {
            String text =
                    "[account]\napi_key = %s\n[marketplace]\ngateway = %s\n"
                            .concat("[idle]\njob_mode = always\n")
                            .formatted(KEY, gateway.url());
            Files.writeString(file, text);
            Process process = start("--mock", "--port", "0", "--config", file.toString());
            FakeGateway.Node node = gateway.awaitNode();
            gateway.awaitMessage("heartbeat");
            process.destroy();
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue(), this::output);
            assertEquals(1000, node.closes.poll(30, TimeUnit.SECONDS));
            assertTrue(output().contains("The tray is not part of this build"), this::output);
            assertTrue(output().contains("its page is http://127.0.0.1:"), this::output);
            assertTrue(output().contains("owlrun stopped."), this::output);
            assertTrue(!output().contains(KEY), this::output);
        }
    }

    @Test
    void run_withAnUnknownFlag_endsWithTwoAndUsage() throws Exception {
        assertEquals(2, start("--tray").waitFor());
        assertTrue(output().startsWith("Unknown flag --tray."), this::output);
        assertTrue(output().contains("Usage: owlrun"), this::output);
    }

    @Test
    void run_withABadFile_endsWithOneAndTheReason() throws Exception {
        Path file = folder.resolve("bad.conf");
        Files.writeString(file, "[idle]\njob_mode = sometimes\n");
        assertEquals(1, start("--headless", "--config=" + file).waitFor());
        assertTrue(output().contains("[idle] job_mode = sometimes is not allowed"), this::output);
    }

    @Test
    void run_selfCheck_startsAsksAndLeavesNothing() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Process process = start(List.of("-Djava.io.tmpdir=" + temporary), "--selfcheck");
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), this::output);
        assertTrue(output().contains("starts and answers."), this::output);
        try (var left = Files.list(temporary)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void run_version_printsItAndEndsWithZero() throws Exception {
        assertEquals(0, start("--version").waitFor());
        assertEquals(Build.current().line(), output().strip());
    }

    private Process start(String... flags) throws IOException {
        return start(List.of(), flags);
    }

    private Process start(List<String> jvmFlags, String... flags) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1"));
        command.addAll(jvmFlags);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), "me.owlrun.agent.Main"));
        command.addAll(List.of(flags));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException unreadable) {
            return "unreadable: " + unreadable;
        }
    }
}
