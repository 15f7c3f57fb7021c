package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.config.ConfigException;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestSocket;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The operator's interface on its own port.
final class AdminTest {

    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z_]+)(\\{([a-z]+=\"[^\"]*\",?)+})? (-?[0-9.]+|\\+Inf)");

    private final TestMint place = TestMint.fresh();
    private final int port = freePort();
    private final Path tokenFile = place.seedFile().resolveSibling("token");
    private final HttpClient http = HttpClient.newHttpClient();

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Mint start(String... flags) throws IOException {
        Files.writeString(tokenFile, TOKEN + "\n");
        String[] all = new String[flags.length + 2];
        System.arraycopy(flags, 0, all, 0, flags.length);
        all[flags.length] = "--admin.port=" + port;
        all[flags.length + 1] = "--admin.token.file=" + tokenFile;
        return place.start(all);
    }

    private HttpResponse<String> send(String token, String path, String body) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (!body.isEmpty()) {
            request.POST(HttpRequest.BodyPublishers.ofString(body));
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode ok(String path, String body) throws Exception {
        HttpResponse<String> response = send(TOKEN, path, body);
        assertEquals(200, response.statusCode(), response.body());
        return Json.parse(response.body());
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, what);
            LockSupport.parkNanos(20_000_000L);
        }
    }

    @Test
    void withoutTheToken_nothingIsAnswered() throws Exception {
        try (Mint mint = start()) {
            for (String path : List.of("/status", "/metrics", "/nothing")) {
                HttpResponse<String> refused = send("", path, "");
                assertEquals(401, refused.statusCode());
                assertEquals("{\"detail\":\"401 Unauthorized\",\"code\":50000}", refused.body());
                assertEquals(401, send(TOKEN + "0", path, "").statusCode());
                assertEquals(401, send(TOKEN.substring(1), path, "").statusCode());
            }
            assertEquals(401, send("", "/pause", "{\"what\":[\"swap\"]}").statusCode());
            assertTrue(new TestWallet(mint.url(), CurrencyUnit.SAT).mint(1).size() == 1);
            assertEquals(404, send(TOKEN, "/nothing", "").statusCode());
        }
    }

    @Test
    void start_withoutProperToken_refuses() throws Exception {
        String portFlag = "--admin.port=" + port;
        assertThrows(ConfigException.class, () -> place.start(portFlag));
        assertThrows(
                ConfigException.class,
                () -> place.start(portFlag, "--admin.token.file=" + tokenFile));
        Files.writeString(tokenFile, "short");
        assertThrows(
                ConfigException.class,
                () -> place.start(portFlag, "--admin.token.file=" + tokenFile));
    }

    @Test
    void status_saysHowTheMintIs() throws Exception {
        try (Mint mint = start()) {
            JsonNode status = ok("/status", "");
            assertEquals("play", status.path("network").textValue());
            assertTrue(status.path("version").textValue().startsWith("owlrun-mint/"));
            assertTrue(status.path("database").booleanValue());
            assertTrue(status.path("lightning").path("answers").booleanValue());
            assertEquals(0, status.path("pending_melts").path("count").intValue());
            assertEquals("ok", status.path("audit").path("result").textValue());
            assertTrue(status.path("breaker").isNull());
            assertTrue(status.path("paused").isEmpty());
            assertTrue(mint.port() != port);
        }
    }

    @Test
    void pause_isSeenByAllProcesses_andEnds() throws Exception {
        try (Mint here = start("--fake.pay_delay=0");
                Mint there = place.start("--fake.pay_delay=0")) {
            TestWallet wallet = new TestWallet(there.url(), CurrencyUnit.SAT);
            List<Proof> proofs = wallet.mint(4);
            String paid = wallet.mintQuote(4).path("quote").textValue();
            String melt =
                    wallet.meltQuote(TestInvoices.of(Msat.ofSat(1), "")).path("quote").textValue();
            JsonNode answer =
                    ok("/pause", "{\"what\":[\"mint\",\"melt\",\"swap\"],\"reason\":\"test\"}");
            assertEquals("test", answer.path("paused").path("swap").path("reason").textValue());

            var quote = Json.object().put("amount", 1).put("unit", "sat");
            TestWallet near = new TestWallet(here.url(), CurrencyUnit.SAT);
            assertEquals(20003, near.post("/v1/mint/quote/bolt11", quote).code());
            await(
                    "the other process follows",
                    () -> wallet.post("/v1/mint/quote/bolt11", quote).code() == 20003);
            var outputs = wallet.outputs(List.of(4L));
            var mint = wallet.withOutputs(Json.object().put("quote", paid), outputs);
            assertEquals(20003, wallet.post("/v1/mint/bolt11", mint).code());
            assertEquals(20003, wallet.melt(melt, proofs, List.of()).code());
            assertEquals(
                    20003, wallet.post("/v1/swap", wallet.swapRequest(proofs, outputs)).code());
            JsonNode nuts = wallet.get("/v1/info").ok().path("nuts");
            assertTrue(nuts.path("4").path("disabled").booleanValue());
            assertTrue(nuts.path("5").path("disabled").booleanValue());
            assertEquals("PAID", wallet.mintQuote(paid).path("state").textValue());
            assertEquals(List.of("UNSPENT"), wallet.states(proofs));
            JsonNode health = wallet.get("/healthz").ok();
            assertEquals("degraded", health.path("status").textValue());
            assertEquals(3, health.path("problems").size());

            assertTrue(ok("/resume", "{\"what\":[\"mint\",\"melt\",\"swap\"]}").has("paused"));
            assertEquals(4, TestWallet.sum(near.mint(paid, 4)));
            assertEquals(4, TestWallet.sum(near.swap(proofs, List.of(2L, 2L))));
            assertFalse(
                    near.get("/v1/info").ok().path("nuts").path("4").path("disabled").asBoolean());
            assertEquals("ok", near.get("/healthz").ok().path("status").textValue());
        }
        Audit.check(place, CurrencyUnit.SAT, 8);
    }

    @Test
    void pause_ofSomethingUnknown_isRefused() throws Exception {
        try (Mint mint = start()) {
            for (String body : List.of("{}", "{\"what\":[\"all\"]}", "{\"what\":\"swap\"}", "[")) {
                HttpResponse<String> refused = send(TOKEN, "/pause", body);
                assertEquals(400, refused.statusCode());
                assertEquals(50000, Json.parse(refused.body()).path("code").intValue());
            }
            assertTrue(ok("/status", "").path("paused").isEmpty());
            assertTrue(mint.port() > 0);
        }
    }

    @Test
    void rotate_replacesOneUnit_andOldProofsStaySpendable() throws Exception {
        try (Mint here = start("--fake.pay_delay=0");
                Mint there = place.start("--fake.pay_delay=0")) {
            TestWallet before = new TestWallet(there.url(), CurrencyUnit.SAT);
            List<Proof> old = before.mint(4);
            JsonNode rotated = ok("/keysets/rotate", "{\"unit\":\"sat\"}").path("keysets");
            assertEquals(1, rotated.size());
            String fresh = rotated.path(0).path("id").textValue();
            assertNotEquals(before.keyset().id().value(), fresh);
            TestWallet after = new TestWallet(here.url(), CurrencyUnit.SAT);
            assertEquals(fresh, after.keyset().id().value());
            assertEquals(4, TestWallet.sum(after.swap(old, List.of(4L))));
            await(
                    "the other process follows",
                    () ->
                            new TestWallet(there.url(), CurrencyUnit.SAT)
                                    .keyset()
                                    .id()
                                    .value()
                                    .equals(fresh));
            List<Proof> more = new TestWallet(there.url(), CurrencyUnit.SAT).mint(8);
            assertEquals(12, ok("/liabilities", "").path("outstanding").path("sat").longValue());
            assertEquals(8, TestWallet.sum(more));
            assertEquals(3, after.get("/v1/keysets").ok().path("keysets").size());
            assertEquals(2, ok("/keysets/rotate", "{}").path("keysets").size());
            assertEquals(400, send(TOKEN, "/keysets/rotate", "{\"unit\":\"usd\"}").statusCode());
        }
        Audit.check(place, CurrencyUnit.SAT, 12);
    }

    @Test
    void stuckMelts_areShownWithWhatIsKnown() throws Exception {
        try (Mint mint = start()) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            List<Proof> proofs = wallet.mint(16);
            String script =
                    "{\"pay_invoice_state\":\"PENDING\",\"check_payment_state\":\"PENDING\"}";
            String quote =
                    wallet.meltQuote(TestInvoices.of(Msat.ofSat(10), script))
                            .path("quote")
                            .textValue();
            assertEquals(
                    "PENDING", wallet.melt(quote, proofs, List.of()).ok().path("state").asText());
            assertEquals(1, ok("/status", "").path("pending_melts").path("count").intValue());
            assertTrue(ok("/melts/stuck", "").path("melts").isEmpty());
            assertEquals(
                    1,
                    Audit.number(
                            place,
                            "UPDATE melt_attempt SET created_at = now() - interval '5 minutes'"
                                    + " WHERE state = 'PENDING' RETURNING 1"));
            JsonNode stuck = ok("/melts/stuck", "").path("melts");
            assertEquals(1, stuck.size());
            assertEquals(quote, stuck.path(0).path("quote").textValue());
            assertEquals(10, stuck.path(0).path("amount").intValue());
            assertTrue(stuck.path(0).path("age_seconds").longValue() >= 300);
            assertEquals("ok", ok("/audit", "").path("result").textValue());
        }
    }

    @Test
    void metrics_areInTheFormatOfPrometheus_andCount() throws Exception {
        try (Mint mint = start("--fake.pay_delay=0")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            List<Proof> proofs = wallet.mint(4);
            assertEquals(4, TestWallet.sum(wallet.swap(proofs, List.of(2L, 2L))));
            var again = wallet.swapRequest(proofs, wallet.outputs(List.of(4L)));
            assertEquals(11001, wallet.post("/v1/swap", again).code());
            HttpResponse<String> response = send(TOKEN, "/metrics", "");
            assertTrue(
                    response.headers()
                            .firstValue("Content-Type")
                            .orElseThrow()
                            .startsWith("text/plain; version=0.0.4"));
            Set<String> lines = parse(response.body());
            for (String line :
                    List.of(
                            "owlrun_mint_operations_total{code=\"ok\",operation=\"swap\"} 1",
                            "owlrun_mint_operations_total{code=\"11001\",operation=\"swap\"} 1",
                            "owlrun_mint_http_requests_total{route=\"swap\",status=\"2xx\"} 1",
                            "owlrun_mint_http_requests_total{route=\"swap\",status=\"4xx\"} 1",
                            "owlrun_mint_http_request_duration_seconds_count{route=\"swap\"} 2",
                            "owlrun_mint_commits_total{what=\"swap\"} 1",
                            "owlrun_mint_lightning_up 1",
                            "owlrun_mint_database_up 1",
                            "owlrun_mint_melts_pending 0",
                            "owlrun_mint_audit_right 1")) {
                assertTrue(lines.contains(line), line + "\n" + response.body());
            }
        }
    }

    @Test
    void metrics_forgetWalletsThatVanish() throws Exception {
        try (Mint mint = start()) {
            TestSocket socket = new TestSocket(mint.url());
            String quote = UUID.randomUUID().toString();
            var answer = socket.subscribe("bolt11_mint_quote", "a", List.of(quote));
            assertTrue(answer.has("result"));
            Set<String> lines = parse(send(TOKEN, "/metrics", "").body());
            assertTrue(lines.contains("owlrun_mint_websocket_sessions 1"));
            assertTrue(lines.contains("owlrun_mint_websocket_subscriptions 1"));
            socket.close(); // without a word
            await("the session ends", () -> figures().contains("owlrun_mint_websocket_sessions 0"));
            assertTrue(figures().contains("owlrun_mint_websocket_subscriptions 0"));
        }
    }

    private Set<String> figures() {
        try {
            return parse(send(TOKEN, "/metrics", "").body());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /// Checks the text and gives its samples with sorted labels.
    private static Set<String> parse(String text) {
        assertTrue(text.endsWith("\n"));
        Set<String> described = new HashSet<>();
        Set<String> samples = new HashSet<>();
        String name = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ", -1);
                name = words[2];
                assertTrue(described.add(name), "described twice: " + name);
                assertTrue(Set.of("counter", "gauge", "histogram").contains(words[3]), line);
                assertEquals(words[3].equals("counter"), name.endsWith("_total"), line);
            } else if (!line.startsWith("# HELP ")) {
                Matcher sample = SAMPLE.matcher(line);
                assertTrue(sample.matches(), line);
                assertTrue(sample.group(1).startsWith(name), line);
                assertTrue(samples.add(sorted(line)), "twice: " + line);
            }
        }
        return samples;
    }

    private static String sorted(String line) {
        int open = line.indexOf('{');
        if (open < 0) {
            return line;
        }
        int close = line.indexOf('}');
        String[] labels = line.substring(open + 1, close).split(",", -1);
        Arrays.sort(labels);
        return line.substring(0, open + 1) + String.join(",", labels) + line.substring(close);
    }
}
