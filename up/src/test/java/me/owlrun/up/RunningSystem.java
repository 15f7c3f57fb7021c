package me.owlrun.up;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.json.Json;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The whole system as a user starts it: `scripts/up.sh` in its own processes, on free ports and a
/// folder of its own.
final class RunningSystem implements AutoCloseable {

    private static final Duration READY_MAX = Duration.ofSeconds(90);
    private static final Duration STOP_MAX = Duration.ofSeconds(60);
    private static final int PORT_LINE = 3;

    private final Process process;
    private final Path data;
    private final Path screen;
    private final int gatewayPort;
    private final int mintPort;
    private final int agentPort;
    private final List<String> lines = new ArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private RunningSystem(
            Process process, Path data, Path screen, int gatewayPort, int mintPort, int agentPort) {
        this.process = process;
        this.data = data;
        this.screen = screen;
        this.gatewayPort = gatewayPort;
        this.mintPort = mintPort;
        this.agentPort = agentPort;
    }

    /// Starts it on free ports and waits for the ready line.
    static RunningSystem start(Path data, String engine) throws IOException {
        int[] ports = freePorts();
        return start(Tools.ROOT, List.of(), data, engine, ports);
    }

    /// Starts it on given ports.
    ///
    /// @param root the repository, or a copy of what runs
    /// @param before a command to run it under, such as one that changes the user
    /// @param ports of gateway, mint and agent
    static RunningSystem start(
            Path root, List<String> before, Path data, String engine, int[] ports)
            throws IOException {
        Path screen = Files.createTempFile("owlrun-up", ".screen");
        List<String> command = new ArrayList<>(before);
        command.addAll(
                List.of(
                        root.resolve("scripts/up.sh").toString(),
                        "--data",
                        data.toString(),
                        "--gateway-port",
                        "" + ports[0],
                        "--mint-port",
                        "" + ports[1],
                        "--agent-port",
                        "" + ports[2],
                        "--engine",
                        engine));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(screen.toFile());
        builder.environment().put("OWLRUN_NO_BUILD", "1");
        RunningSystem system =
                new RunningSystem(builder.start(), data, screen, ports[0], ports[1], ports[2]);
        system.awaitReady();
        return system;
    }

    static int[] freePorts() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket a = new ServerSocket(0, 1, loopback);
                ServerSocket b = new ServerSocket(0, 1, loopback);
                ServerSocket c = new ServerSocket(0, 1, loopback)) {
            return new int[] {a.getLocalPort(), b.getLocalPort(), c.getLocalPort()};
        }
    }

    private void awaitReady() throws IOException {
        Thread watchdog =
                Thread.ofVirtual()
                        .start(() -> {
                            if (!waitFor(READY_MAX) && lines.isEmpty()) {
                                process.destroyForcibly();
                            }
                        });
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        while (line != null) {
            lines.add(line);
            if (line.startsWith("ready ")) {
                watchdog.interrupt();
                return;
            }
            line = out.readLine();
        }
        throw new IllegalStateException("up.sh ended before it was ready:\n" + screen());
    }

    /// What it printed on standard output so far.
    List<String> lines() {
        return List.copyOf(lines);
    }

    /// What it printed on standard error so far.
    String screen() throws IOException {
        return Files.readString(screen);
    }

    Process process() {
        return process;
    }

    String gatewayUrl() {
        return "http://127.0.0.1:" + gatewayPort;
    }

    String mintUrl() {
        return "http://127.0.0.1:" + mintPort;
    }

    String agentUrl() {
        return "http://127.0.0.1:" + agentPort;
    }

    Path data() {
        return data;
    }

    int[] ports() {
        return new int[] {gatewayPort, mintPort, agentPort};
    }

    /// A play-money token, as `scripts/up.sh token` prints it.
    String token(long sats, String unit) throws IOException, InterruptedException {
        return Tools.run(
                        Tools.ROOT,
                        Map.of("OWLRUN_NO_BUILD", "1"),
                        List.of(
                                "scripts/up.sh",
                                "token",
                                "" + sats,
                                "--unit",
                                unit,
                                "--data",
                                data.toString()))
                .success()
                .strip();
    }

    /// The answer to a GET, whatever its status.
    HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(url)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /// The answer to a POST with headers, whatever its status.
    HttpResponse<String> post(String url, Map<String, String> headers, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .header("Content-Type", "application/json");
        headers.forEach(request::setHeader);
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /// The JSON of a successful GET.
    JsonNode json(String url) throws IOException, InterruptedException {
        HttpResponse<String> response = get(url);
        if (response.statusCode() != 200) {
            throw new IllegalStateException(url + " answered " + response.statusCode());
        }
        return Json.parse(response.body());
    }

    /// A connection to one of its databases.
    Database database(String name) throws IOException {
        Path pidFile = data.resolve("postgres").resolve("data").resolve("postmaster.pid");
        String port = Files.readAllLines(pidFile).get(PORT_LINE).strip();
        return Database.open(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + name,
                LocalPostgres.USER,
                new Secret(""),
                2);
    }

    /// Stops it as Ctrl-C does.
    int stop() throws IOException {
        boolean asked = process.toHandle().destroy(); // Process.destroy would close its output
        boolean ended = asked && waitFor(STOP_MAX);
        if (!ended) {
            process.destroyForcibly();
            throw new IllegalStateException("up.sh did not stop:\n" + screen());
        }
        return process.exitValue();
    }

    private boolean waitFor(Duration max) {
        try {
            return process.waitFor(max.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        if (process.isAlive()) {
            int code = stop();
            if (code != 0) {
                throw new IllegalStateException("up.sh ended with " + code + ":\n" + screen());
            }
        }
        Files.deleteIfExists(screen);
        client.close();
    }
}
