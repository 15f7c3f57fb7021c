package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.db.LocalPostgres;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// `kill -9` of the gateway between claim and change: after a restart the buyer gets everything
/// back with nothing but the token that was paid.
final class CrashTest {

    private static final Duration READY_MAX = Duration.ofSeconds(60);

    @TempDir Path folder;

    private final Local local = new Local();
    private final HttpClient client = HttpClient.newHttpClient();
    private Options options;
    private LocalPostgres postgres;
    private HeldEngine engine;
    private Part mint;
    private Part gateway;
    private Part agent;

    @BeforeEach
    void start() throws Exception {
        int[] ports = RunningSystem.freePorts();
        engine = new HeldEngine();
        options = new Options(folder, ports[0], ports[1], ports[2], engine.url());
        postgres =
                LocalPostgres.start(folder.resolve("postgres"), LocalPostgres.Durability.FOR_TESTS);
        mint =
                Part.start(
                        "mint",
                        Stack.SMALL_JVM,
                        folder,
                        Stack.mintFlags(options, postgres.url("mint")));
        await(() -> local.get(options.mintUrl() + "/v1/keysets").isPresent());
        startGateway();
        agent =
                Part.start(
                        "agent",
                        Stack.SMALL_JVM,
                        folder,
                        Stack.agentFlags(options, AgentConfig.write(options, engine.url())));
        awaitNode();
    }

    @AfterEach
    void stop() {
        agent.close();
        gateway.close();
        mint.close();
        postgres.close();
        engine.close();
        local.close();
        client.close();
    }

    private void startGateway() {
        gateway =
                Part.start(
                        "gateway",
                        Stack.SMALL_JVM,
                        folder,
                        Stack.gatewayFlags(options, postgres.url("gateway")));
        await(() -> local.get(options.gatewayUrl() + "/healthz").isPresent());
    }

    private void awaitNode() {
        await(() ->
                local.get(options.gatewayUrl() + "/healthz")
                        .map(health ->
                                health.path("nodes").asInt() > 0
                                        && health.path("status").asText().equals("ok"))
                        .orElse(false));
    }

    private void await(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + READY_MAX.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, () -> "not ready in time: " + tails());
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    private String tails() {
        return mint.logTail() + "\n--\n" + (gateway == null ? "" : gateway.logTail());
    }

    @ParameterizedTest
    @CsvSource({"sat,0", "msat,0", "sat,2", "msat,2", "msat,3"})
    void gateway_killedBetweenClaimAndChange_buyerGetsEverythingBack(String unitText, int words)
            throws Exception {
        CurrencyUnit unit = CurrencyUnit.ofText(unitText).orElseThrow();
        String token = new PlayToken(local, options.mintUrl()).mint(50, unit);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> buyer = threads.submit(() -> ask(token));
            engine.awaitAsked();
            engine.allow(words);
            awaitWords(words);
            assertTrue(gateway.process().destroyForcibly());
            gateway.awaitEnd();
            String seen = buyer.get(30, TimeUnit.SECONDS);
            assertTrue(!seen.contains("cashu_change"), seen);
        }
        gateway.close();
        startGateway();
        JsonNode outcome = change(token);
        assertEquals("refunded", outcome.path("state").asText());
        assertEquals(0, outcome.path("cost_msats").asLong());
        Msat redeemed =
                Purse.redeem(
                        options.mintUrl(),
                        List.of(
                                outcome.path("token").asText(),
                                outcome.path("token_msat").asText()));
        assertEquals(Msat.ofSat(50), redeemed);
        assertEquals(outcome, change(token), "asking again gives the same answer");
        assertAuditIsClean();
    }

    private final java.util.concurrent.atomic.AtomicInteger wordsSeen =
            new java.util.concurrent.atomic.AtomicInteger();

    /// Waits until the buyer has really read that many words.
    private void awaitWords(int words) {
        await(() -> wordsSeen.get() >= words);
    }

    /// Sends a paid prompt and reads until the connection ends, however it ends.
    private String ask(String token) throws InterruptedException {
        wordsSeen.set(0);
        StringBuilder seen = new StringBuilder();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(options.gatewayUrl() + "/v1/chat/completions"))
                        .header("X-Cashu", token)
                        .header("Content-Type", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        """
                                        {"model":"%s","stream":true,
                                         "messages":[{"role":"user","content":"Hello"}]}
                                        """
                                                .formatted(HeldEngine.MODEL)))
                        .build();
        try {
            HttpResponse<InputStream> response =
                    client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                for (int octet = in.read(); octet >= 0; octet = in.read()) {
                    seen.append((char) octet);
                    if (seen.toString().endsWith("\"word \"")) {
                        wordsSeen.incrementAndGet();
                    }
                }
            }
        } catch (IOException e) {
            seen.append("[connection broke]");
        }
        return seen.toString();
    }

    /// What the recovery endpoint says, once the payment is no longer running.
    private JsonNode change(String token) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(options.gatewayUrl() + "/v1/cashu/change"))
                        .header("X-Cashu", token)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build();
        long deadline = System.nanoTime() + READY_MAX.toNanos();
        HttpResponse<String> response;
        do {
            response = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertTrue(System.nanoTime() < deadline, "still running: " + response.body());
        } while (response.statusCode() == 202);
        assertEquals(200, response.statusCode(), response.body());
        return Json.parse(response.body());
    }

    private void assertAuditIsClean() throws Exception {
        Tools.Output audit =
                Tools.run(
                        folder,
                        Map.of(),
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-p",
                                System.getProperty("owlrun.lib"),
                                "-m",
                                "me.owlrun.gateway/me.owlrun.gateway.Main",
                                "audit",
                                "--database.url=" + postgres.url("gateway"),
                                "--database.user=" + LocalPostgres.USER,
                                "--mint.url=" + options.mintUrl()));
        assertEquals(0, audit.exitCode(), audit.out() + audit.err());
    }
}
