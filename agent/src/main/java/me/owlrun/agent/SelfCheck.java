package me.owlrun.agent;

import me.owlrun.agent.problem.AgentException;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Starts the whole node once with the mock engine, in a folder that is thrown away, and asks for
/// its pages. The installer runs it from the unpacked files before anything points to them, which
/// shows a wrong processor, an old C library or a `noexec` disk; the same run trains the AOT cache.
final class SelfCheck {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);
    private static final List<String> PAGES = List.of("/", "/healthz", "/api/status");

    private SelfCheck() {}

    /// @throws AgentException if a page does not come
    static void run(SecureRandom random) {
        try {
            Path folder = Files.createTempDirectory("owlrun-selfcheck");
            try {
                startAndAsk(folder.resolve("owlrun.conf"), random);
            } finally {
                delete(folder);
            }
        } catch (IOException failed) {
            throw new AgentException("The self-check failed: " + failed + ".", failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AgentException("The self-check was interrupted.", stopped);
        }
    }

    private static void startAndAsk(Path file, SecureRandom random)
            throws IOException, InterruptedException {
        // Nothing listens at the gateway's port 9 (discard): this node never reaches anybody.
        Map<String, String> overrides =
                Map.of(
                        "inference.engine", "mock",
                        "marketplace.gateway", "http://127.0.0.1:9",
                        "dashboard.port", "0");
        Config config = Config.load(file, overrides, random);
        try (Agent agent = Agent.start(config, Clock.systemUTC(), random);
                HttpClient client = HttpClient.newHttpClient()) {
            for (String page : PAGES) {
                URI address = URI.create("http://127.0.0.1:" + agent.dashboardPort() + page);
                HttpRequest request = HttpRequest.newBuilder(address).timeout(ANSWER_LIMIT).build();
                int status =
                        client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
                if (status != 200) {
                    throw new IOException(page + " answers " + status);
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
