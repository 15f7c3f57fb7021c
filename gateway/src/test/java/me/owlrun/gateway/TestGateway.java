package me.owlrun.gateway;

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

/// A real gateway with a real mint on a real PostgreSQL, each with a database of its own; it can be
/// stopped and started again at the same place.
final class TestGateway implements AutoCloseable {

    private final String database = TestPostgres.freshName();
    private final Mint mint;
    private final String mintUrl;
    private final List<String> flags;
    private Gateway gateway;

    private TestGateway(String mintUrl, Mint mint, List<String> flags) {
        this.mintUrl = mintUrl;
        this.mint = mint;
        this.flags = flags;
        this.gateway = Gateway.start(settings(), Clock.systemUTC());
    }

    /// Starts mint and gateway and waits until payments in sats can be taken.
    ///
    /// @param flags more settings of the gateway
    static TestGateway start(String... flags) {
        Mint mint = TestMint.fresh().start();
        TestGateway started = new TestGateway(mint.url(), mint, Arrays.asList(flags));
        started.awaitFloat();
        return started;
    }

    /// Starts a mint, and a gateway that reaches it at another address.
    static TestGateway startBehind(Mint mint, String... flags) {
        return new TestGateway(mint.url(), mint, Arrays.asList(flags));
    }

    private Settings settings() {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--network=play",
                                "--port=0",
                                "--database.url=" + TestPostgres.shared().url(database),
                                "--database.user=" + LocalPostgres.USER,
                                "--mint.url=" + mintUrl,
                                "--drain=2"));
        for (String flag : flags) {
            String name = flag.substring(0, flag.indexOf('=') + 1);
            all.removeIf(given -> given.startsWith(name));
        }
        all.addAll(flags);
        return GatewaySettings.read(Map.of(), all);
    }

    /// Waits until small coins for change are there.
    void awaitFloat() {
        Waiting.until("float", () -> get("/healthz").body().contains("\"status\":\"ok\""));
    }

    /// Stops the gateway in good order and starts it again on the same database.
    void restart() {
        gateway.close();
        gateway = Gateway.start(settings(), Clock.systemUTC());
    }

    void stopGateway() {
        gateway.close();
    }

    void startGateway() {
        gateway = Gateway.start(settings(), Clock.systemUTC());
    }

    String url() {
        return gateway.url();
    }

    String mintUrl() {
        return mint.url();
    }

    Mint mint() {
        return mint;
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
        gateway.close();
        mint.close();
    }
}
