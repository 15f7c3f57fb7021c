package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Taking money out by hand, over HTTP, at a real mint: each withdrawal happens once, and the
/// balance says so.
final class WithdrawTest {

    private static final String ECASH = "/v1/provider/withdraw-ecash";
    private static final String WITHDRAW = "/v1/account/withdraw";
    private static final String KEY = "owlr_prov_0123456789abcdef";

    private Optional<TestGateway> open = Optional.empty();

    private TestGateway start(String... flags) {
        List<String> all = new ArrayList<>(List.of(flags));
        all.add("--float.target=20000");
        TestGateway gateway = TestGateway.start(all.toArray(String[]::new));
        open = Optional.of(gateway);
        register(gateway);
        return gateway;
    }

    private static void register(TestGateway gateway) {
        ObjectNode body = Json.object().put("node_id", "n1").put("gpu", "x");
        body.put("gpu_vendor", "cpu").put("vram_total_mb", 0).put("vram_free_mb", 0);
        body.putArray("models");
        HttpResponse<String> response = post(gateway, "/v1/gateway/register", Json.text(body));
        assertEquals(200, response.statusCode(), response.body());
    }

    /// What the operator put in becomes a balance of the account.
    static void fund(TestGateway gateway, Msat amount) {
        gift(gateway, amount, Account.OPERATOR_EQUITY, Account.sats(1));
    }

    /// Takes back what is left of a gift: an audit wants all that is owed to be in the vault.
    static void takeBack(TestGateway gateway, Msat amount) {
        gift(gateway, amount, Account.sats(1), Account.OPERATOR_EQUITY);
    }

    private static void gift(TestGateway gateway, Msat amount, Account from, Account to) {
        LedgerStore ledger = new LedgerStore(Clock.systemUTC());
        try (Database database =
                Database.open(gateway.databaseUrl(), LocalPostgres.USER, new Secret(""), 2)) {
            database.inTransaction(connection ->
                    ledger.post(
                            connection,
                            Transfer.moving()
                                    .take(from, amount)
                                    .give(to, amount)
                                    .of("gift", Long.toString(System.nanoTime()))));
        }
    }

    private static HttpResponse<String> post(
            TestGateway gateway, String path, String body, String... headers) {
        List<String> all = new ArrayList<>(List.of("Authorization", "Bearer " + KEY));
        all.addAll(List.of(headers));
        return new TestBuyer(gateway)
                .post(path, Optional.empty(), body, all.toArray(String[]::new));
    }

    private static long balance(TestGateway gateway) {
        return TestSql.number(
                gateway, "SELECT balance_msat FROM account WHERE kind = 'sats' AND owner = '1'");
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.parse(response.body());
    }

    @AfterEach
    void audit() {
        open.ifPresent(gateway -> {
            try (gateway) {
                assertEquals(List.of(), gateway.audit());
            }
        });
    }

    @Test
    void ecash_all_givesEveryWholeSatAsAToken() {
        TestGateway gateway = start();
        fund(gateway, Msat.of(1_234_567));
        HttpResponse<String> response = post(gateway, ECASH, "{}");
        assertEquals(200, response.statusCode(), response.body());
        JsonNode body = json(response);
        assertTrue(body.path("token").asText().startsWith("cashuA"));
        assertEquals(0, (body.path("token").asText().length() - "cashuA".length()) % 4, "padded");
        assertEquals(1_234, body.path("amount_sats").asLong());
        assertEquals(0, body.path("balance_sats").asLong());
        assertEquals(567, balance(gateway));
        assertEquals(1_234_000, new TestBuyer(gateway).cash(body.path("token").asText()));
        assertEquals(402, post(gateway, ECASH, "{}").statusCode());
    }

    @Test
    void ecash_sameKey_givesTheSameTokenAndNothingElse() {
        TestGateway gateway = start();
        fund(gateway, Msat.ofSat(1_000));
        String body = "{\"amount_sats\":100}";
        HttpResponse<String> first = post(gateway, ECASH, body, "Idempotency-Key", "k1");
        HttpResponse<String> again = post(gateway, ECASH, body, "Idempotency-Key", "k1");
        assertEquals(json(first).path("token"), json(again).path("token"));
        assertEquals(900_000, balance(gateway));
        HttpResponse<String> other =
                post(gateway, ECASH, "{\"amount_sats\":101}", "Idempotency-Key", "k1");
        assertEquals(409, other.statusCode());
        assertEquals("idempotency_key_reused", json(other).at("/error/code").asText());
        HttpResponse<String> second = post(gateway, ECASH, body);
        assertNotEquals(json(first).path("token"), json(second).path("token"));
        assertEquals(800_000, balance(gateway));
    }

    @Test
    void ecash_tokenNobodyTook_isShownUntilItIsTaken() {
        TestGateway gateway = start();
        fund(gateway, Msat.ofSat(50));
        JsonNode body = json(post(gateway, WITHDRAW, "{\"method\":\"ecash\",\"amount_msats\":7}"));
        String token = body.path("token").asText();
        String path = "/v1/account/withdrawals/" + body.path("id").asText();
        TestBuyer buyer = new TestBuyer(gateway);
        assertEquals(token, json(buyer.get(path, KEY)).path("token").asText());
        assertTrue(buyer.get("/v1/account/withdrawals", KEY).body().contains(token));
        assertEquals(7, buyer.cash(token));
        JsonNode taken = json(buyer.get(path, KEY));
        assertTrue(taken.path("spent").asBoolean());
        assertFalse(buyer.get("/v1/account/withdrawals", KEY).body().contains(token));
        assertEquals(401, buyer.get(path, "owlr_prov_unknown_unknown").statusCode());
    }

    @Test
    void ecash_manyAtOnce_neverGiveMoreThanTheBalance() throws Exception {
        TestGateway gateway = start();
        fund(gateway, Msat.ofSat(100));
        List<Future<HttpResponse<String>>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                running.add(threads.submit(() -> post(gateway, ECASH, "{\"amount_sats\":30}")));
            }
        }
        assertEquals(3, count(running, 200));
        assertEquals(5, count(running, 402));
        assertEquals(10_000, balance(gateway));
    }

    private static long count(List<Future<HttpResponse<String>>> responses, int status)
            throws ExecutionException, InterruptedException {
        long count = 0;
        for (Future<HttpResponse<String>> response : responses) {
            count += response.get().statusCode() == status ? 1 : 0;
        }
        return count;
    }

    @Test
    void ecash_mintDown_leavesTheBalance_andLostAnswerIsAskedAgain() throws Exception {
        TestMint place = TestMint.fresh();
        try (var mint = place.start();
                TcpProxy proxy = new TcpProxy(mint.port());
                TestGateway gateway =
                        TestGateway.startBehind(
                                mint,
                                "--mint.url=http://127.0.0.1:" + proxy.port(),
                                "--mint.public_url=" + mint.url())) {
            gateway.awaitFloat();
            register(gateway);
            fund(gateway, Msat.ofSat(100));
            proxy.dropAnswers("/v1/swap", 1);
            HttpResponse<String> lost = post(gateway, ECASH, "{\"amount_sats\":40}");
            assertEquals(200, lost.statusCode(), lost.body());
            assertEquals(40_000, new TestBuyer(gateway).cash(json(lost).path("token").asText()));
            assertEquals(60_000, balance(gateway));
            proxy.cut();
            HttpResponse<String> down = post(gateway, ECASH, "{\"amount_sats\":40}");
            assertEquals(503, down.statusCode(), down.body());
            assertEquals(60_000, balance(gateway));
            assertEquals(List.of(), gateway.audit());
        }
    }

    @Test
    void lightning_invoice_isPaidAtItsRealFee() {
        TestGateway gateway = start();
        fund(gateway, Msat.ofSat(2_000));
        String invoice = TestInvoices.of(Msat.ofSat(500), "");
        HttpResponse<String> response = post(gateway, WITHDRAW, lightning(invoice));
        assertEquals(200, response.statusCode(), response.body());
        assertEquals("paid", json(response).path("state").asText());
        assertEquals(1, json(response).path("fee_msats").asLong());
        assertEquals(1_499_999, balance(gateway));
        HttpResponse<String> again = post(gateway, WITHDRAW, lightning(invoice));
        assertEquals(422, again.statusCode(), again.body());
        assertEquals(
                402,
                post(gateway, WITHDRAW, lightning(TestInvoices.of(Msat.ofSat(1_498), "")))
                        .statusCode());
    }

    private static String lightning(String invoice) {
        return Json.text(Json.object().put("method", "lightning").put("invoice", invoice));
    }

    @Test
    void lightning_thatFailsForCertain_givesEverythingBack() {
        TestGateway gateway = start();
        fund(gateway, Msat.ofSat(1_000));
        String invoice = TestInvoices.of(Msat.ofSat(500), "{\"pay_invoice_state\":\"FAILED\"}");
        String[] key = {"Idempotency-Key", "fails"};
        HttpResponse<String> response = post(gateway, WITHDRAW, lightning(invoice), key);
        if (response.statusCode() == 202) {
            Waiting.until("failed", () -> open(gateway) == 0);
        } else {
            assertEquals(502, response.statusCode(), response.body());
        }
        assertEquals(1_000_000, balance(gateway));
        assertEquals(1, payouts(gateway, "failed"));
        HttpResponse<String> again = post(gateway, WITHDRAW, lightning(invoice), key);
        assertEquals(502, again.statusCode(), "what became of it: " + again.body());
        String other = lightning(TestInvoices.of(Msat.ofSat(100), ""));
        assertEquals(200, post(gateway, WITHDRAW, other, key).statusCode(), "the key is free");
    }

    private static long open(TestGateway gateway) {
        return TestSql.number(
                gateway, "SELECT count(*) FROM payout WHERE state NOT IN ('paid', 'failed')");
    }

    private static long payouts(TestGateway gateway, String state) {
        return TestSql.number(gateway, "SELECT count(*) FROM payout WHERE state = '" + state + "'");
    }

    @Test
    void lightning_thatHangs_staysPendingAndEndsByItself_overARestart() {
        TestGateway gateway = start();
        fund(gateway, Msat.ofSat(1_000));
        String invoice =
                TestInvoices.of(
                        Msat.ofSat(500),
                        "{\"pay_invoice_state\":\"PENDING\",\"check_payment_state\":\"PAID\","
                                + "\"settle_delay_ms\":17000}");
        HttpResponse<String> response = post(gateway, WITHDRAW, lightning(invoice));
        assertEquals(202, response.statusCode(), response.body());
        assertEquals("pending", json(response).path("state").asText());
        assertEquals(495_000 - 10_000, balance(gateway));
        HttpResponse<String> other =
                post(gateway, WITHDRAW, lightning(TestInvoices.of(Msat.ofSat(1), "")));
        assertEquals(409, other.statusCode(), other.body());
        gateway.stopGateway();
        gateway.startGateway();
        Waiting.until(
                "paid",
                () -> {
                    TestSql.execute(gateway, "UPDATE payout SET next_look_at = now(), looks = 0");
                    return payouts(gateway, "paid") == 1;
                });
        assertEquals(499_999, balance(gateway));
    }

    private static final Map<String, String> WRONG_ECASH =
            Map.ofEntries(
                    Map.entry("{", "invalid_json"),
                    Map.entry("{\"amount_sats\":0}", "invalid_request"),
                    Map.entry("{\"amount_sats\":1.5}", "invalid_request"),
                    Map.entry("{\"amount_sats\":\"1\"}", "invalid_request"),
                    Map.entry("{\"amount_sats\":-5}", "invalid_request"),
                    Map.entry("{\"amount_sats\":99999999999999999999}", "invalid_request"),
                    Map.entry("{\"amount_sats\":1,\"amount_msats\":1}", "invalid_request"),
                    Map.entry("{\"amount_msats\":1500,\"unit\":\"sat\"}", "invalid_request"),
                    Map.entry("{\"unit\":\"usd\"}", "invalid_request"),
                    Map.entry("{\"encoding\":\"C\"}", "invalid_request"),
                    Map.entry("{\"amount_sats\":6}", "insufficient_funds"));

    private static final Map<String, String> WRONG_WITHDRAW =
            Map.of(
                    "{}", "invalid_request",
                    "{\"method\":\"cash\"}", "invalid_request",
                    "{\"method\":\"lightning\"}", "invalid_request",
                    "{\"method\":\"lightning\",\"invoice\":\"lnbc1\"}", "invalid_request",
                    "{\"method\":\"lightning\",\"invoice\":\"x\",\"address\":\"y\"}",
                            "invalid_request",
                    "{\"method\":\"lightning\",\"address\":\"a@b.c\",\"amount_msats\":1}",
                            "invalid_request",
                    "{\"method\":\"lightning\",\"address\":\"a@b.c\",\"amount_sats\":1}",
                            "insufficient_funds");

    @Test
    void badInput_changesNothing() {
        TestGateway gateway = start();
        fund(gateway, Msat.ofSat(5));
        WRONG_ECASH.forEach((body, code) -> refused(gateway, ECASH, body, code));
        WRONG_WITHDRAW.forEach((body, code) -> refused(gateway, WITHDRAW, body, code));
        String longKey = "k".repeat(201);
        HttpResponse<String> tooLong = post(gateway, ECASH, "{}", "Idempotency-Key", longKey);
        assertEquals(400, tooLong.statusCode());
        assertEquals(413, post(gateway, ECASH, " ".repeat(20_000)).statusCode());
        assertEquals(5_000, balance(gateway));
    }

    private static void refused(TestGateway gateway, String path, String body, String code) {
        HttpResponse<String> response = post(gateway, path, body);
        assertEquals(code, json(response).at("/error/code").asText(), body + response.body());
    }
}
