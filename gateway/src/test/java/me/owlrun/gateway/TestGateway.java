package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import me.owlrun.config.Settings;
import me.owlrun.db.LocalPostgres;
import me.owlrun.json.Json;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestPostgres;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A real gateway with a real mint on a real PostgreSQL, each with a database of its own; it can be
/// stopped and started again at the same place.
final class TestGateway implements AutoCloseable {

    private final String database = TestPostgres.freshName();
    private final Mint mint;
    private final String mintUrl;
    private final List<String> flags;
    private final boolean ownProcess;
    private Optional<Gateway> gateway = Optional.empty();
    private Optional<GatewayProcess> process = Optional.empty();
    private List<String> log = List.of();

    private TestGateway(Mint mint, boolean ownProcess, List<String> flags) {
        this.mint = mint;
        this.mintUrl = mint.url();
        this.ownProcess = ownProcess;
        this.flags = flags;
        startGateway();
    }

    /// Starts mint and gateway and waits until payments in sats can be taken.
    ///
    /// @param flags more settings of the gateway
    static TestGateway start(String... flags) {
        Mint mint = TestMint.fresh().start();
        TestGateway started = new TestGateway(mint, false, Arrays.asList(flags));
        started.awaitFloat();
        return started;
    }

    /// The same with the gateway in a process of its own, so that it can be killed.
    static TestGateway startAsProcess(String... flags) {
        Mint mint = TestMint.fresh().start();
        TestGateway started = new TestGateway(mint, true, Arrays.asList(flags));
        started.awaitFloat();
        return started;
    }

    /// Starts a mint, and a gateway that reaches it at another address.
    static TestGateway startBehind(Mint mint, String... flags) {
        return new TestGateway(mint, false, Arrays.asList(flags));
    }

    /// The same with the gateway in a process of its own.
    static TestGateway startAsProcessBehind(Mint mint, String... flags) {
        return new TestGateway(mint, true, Arrays.asList(flags));
    }

    private Settings settings() {
        return GatewaySettings.read(Map.of(), allFlags());
    }

    private List<String> allFlags() {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--network=play",
                                "--port=0",
                                "--database.url=" + TestPostgres.shared().url(database),
                                "--database.user=" + LocalPostgres.USER,
                                "--mint.url=" + mintUrl,
                                "--register.per_hour=1000",
                                // Nodes of tests fail again and again, and answer at once.
                                "--trust.drops_per_hour=0",
                                "--trust.points.too_fast=0",
                                "--house.every=0",
                                "--drain=2"));
        for (String flag : flags) {
            String name = flag.substring(0, flag.indexOf('=') + 1);
            all.removeIf(given -> given.startsWith(name));
        }
        all.addAll(flags);
        return all;
    }

    /// Waits until small coins for change are there.
    void awaitFloat() {
        Waiting.until("float", () -> get("/healthz").body().contains("\"status\":\"ok\""));
    }

    /// Starts the gateway, again or for the first time.
    void startGateway() {
        if (ownProcess) {
            process = Optional.of(GatewayProcess.start(allFlags()));
        } else {
            gateway = Optional.of(Gateway.start(settings(), Clock.systemUTC()));
        }
    }

    /// One more gateway on the same database and mint.
    Gateway another(String... more) {
        List<String> all = new ArrayList<>(allFlags());
        for (String flag : more) {
            String name = flag.substring(0, flag.indexOf('=') + 1);
            all.removeIf(given -> given.startsWith(name));
            all.add(flag);
        }
        return Gateway.start(GatewaySettings.read(Map.of(), all), Clock.systemUTC());
    }

    /// Kills the gateway's process.
    void kill() {
        process.orElseThrow().kill();
        process = Optional.empty();
    }

    /// Stops the gateway in good order.
    void stopGateway() {
        gateway.ifPresent(Gateway::close);
        gateway = Optional.empty();
        process.map(GatewayProcess::stop).ifPresent(status -> assertEquals(143, status));
        process.map(GatewayProcess::log).ifPresent(lines -> log = lines);
        process = Optional.empty();
    }

    /// What the last process that was stopped wrote to its log.
    List<String> log() {
        return log;
    }

    String url() {
        return process.map(GatewayProcess::url).or(() -> gateway.map(Gateway::url)).orElseThrow();
    }

    /// The gateway, when it runs in this process.
    Gateway running() {
        return gateway.orElseThrow();
    }

    String mintUrl() {
        return mint.url();
    }

    Mint mint() {
        return mint;
    }

    /// The settings by which another program finds the database.
    List<String> databaseFlags() {
        return List.of("--database.url=" + databaseUrl(), "--database.user=" + LocalPostgres.USER);
    }

    String databaseUrl() {
        return TestPostgres.shared().url(database);
    }

    HttpResponse<String> get(String path) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(url() + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What the audit finds.
    List<String> audit() {
        return Audit.run(settings());
    }

    /// A field of `/healthz`.
    String health(String field) {
        return Json.parse(get("/healthz").body()).path(field).asText();
    }

    @Override
    public void close() {
        stopGateway();
        mint.close();
    }
}
