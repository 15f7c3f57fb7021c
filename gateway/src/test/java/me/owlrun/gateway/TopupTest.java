package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Paying in by Lightning and ecash while all goes well, and every wrong way of asking.
final class TopupTest {

    private static final String TOPUP = "/v1/account/topup";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start("--signup.per_hour=1000", "--topup.max=5000", "--topup.unpaid=3");
    }

    @AfterAll
    static void stop() {
        assertEquals(List.of(), gateway.audit());
        gateway.close();
    }

    private static String token(String token) {
        return Json.text(Json.object().put("method", "ecash").put("token", token));
    }

    @Test
    void lightning_paid_isCreditedOnce() {
        TestAccount account = TestAccount.open(gateway);
        JsonNode done = account.topUp(1_234);
        assertEquals("lightning", done.path("method").asText());
        assertEquals(1_234, done.path("amount_sats").asLong());
        assertTrue(done.path("invoice").asText().startsWith("ln"));
        assertTrue(done.path("expires_at").asLong() > done.path("created_at").asLong());
        assertEquals(1_234_000, account.balanceMsat());
        JsonNode event = account.get("/v1/account/history").ok().at("/data/0");
        assertEquals("topup", event.path("event").asText());
        assertEquals(done.path("id"), event.path("reference"));
        assertEquals(1_234_000, account.historySumMsat(10));
        assertEquals(1, account.get(TOPUP).ok().path("data").size());
        assertEquals(List.of(), gateway.audit());
    }

    @Test
    void lightning_withAnIdempotencyKey_isOneInvoice() {
        TestAccount account = TestAccount.open(gateway);
        String body = "{\"method\":\"lightning\",\"amount_sats\":10}";
        JsonNode first = account.post(TOPUP, body, "Idempotency-Key", "k1").ok();
        JsonNode again = account.post(TOPUP, body, "Idempotency-Key", "k1").ok();
        assertEquals(first.path("id"), again.path("id"));
        assertEquals(first.path("invoice"), again.path("invoice"));
        assertEquals(
                "409 idempotency_key_reused Idempotency-Key",
                account.post(TOPUP, body.replace("10", "11"), "Idempotency-Key", "k1").error());
        TestAccount other = TestAccount.open(gateway);
        assertEquals(200, other.post(TOPUP, body, "Idempotency-Key", "k1").status());
        var _ = account.await(first.path("id").asText(), "credited");
        assertEquals(10_000, account.balanceMsat());
    }

    @ParameterizedTest
    @EnumSource(CurrencyUnit.class)
    void ecash_isCreditedAndTheSameTokenAgainIsTheSameTopup(CurrencyUnit unit) {
        TestAccount account = TestAccount.open(gateway);
        TestBuyer buyer = new TestBuyer(gateway);
        String token = buyer.token(unit, 777, unit == CurrencyUnit.SAT);
        TestAccount.Reply first = account.post(TOPUP, "", "X-Cashu", token);
        assertEquals("credited", first.ok().path("state").asText());
        assertEquals("ecash", first.body().path("method").asText());
        assertEquals(unit.toMsat(777).value(), first.body().path("amount_msats").asLong());
        assertEquals(0, first.body().path("mint_fee_msats").asLong());
        assertEquals(first.body(), account.post(TOPUP, token(token)).ok());
        assertEquals(unit.toMsat(777).value(), account.balanceMsat());
        assertEquals(
                "402 token_spent",
                TestAccount.open(gateway).post(TOPUP, token(token)).error(),
                "another account gets nothing of it");
        assertEquals(unit.toMsat(777).value(), account.historySumMsat(1));
    }

    @Test
    void ecash_manyAtOnceWithOneToken_creditOnce() throws Exception {
        TestAccount account = TestAccount.open(gateway);
        String token = new TestBuyer(gateway).token(CurrencyUnit.MSAT, 5_001, true);
        Callable<TestAccount.Reply> request = () -> account.post(TOPUP, token(token));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<TestAccount.Reply> reply :
                    threads.invokeAll(Collections.nCopies(8, request))) {
                int status = reply.get().status();
                assertTrue(status == 200 || status == 202, reply.get().body().toString());
            }
        }
        var _ = account.await(account.get(TOPUP).ok().at("/data/0/id").asText(), "credited");
        assertEquals(1, account.get(TOPUP).ok().path("data").size());
        assertEquals(5_001, account.balanceMsat());
        assertEquals(List.of(), gateway.audit());
    }

    @Test
    void ecash_withAnIdempotencyKeyOfAnotherToken_isNotTaken() {
        TestAccount account = TestAccount.open(gateway);
        TestBuyer buyer = new TestBuyer(gateway);
        String first = token(buyer.token(CurrencyUnit.SAT, 8, true));
        String second = buyer.token(CurrencyUnit.SAT, 16, true);
        assertEquals(200, account.post(TOPUP, first, "Idempotency-Key", "k").status());
        assertEquals(200, account.post(TOPUP, first, "Idempotency-Key", "k").status());
        assertEquals(
                "409 idempotency_key_reused Idempotency-Key",
                account.post(TOPUP, token(second), "Idempotency-Key", "k").error());
        assertEquals(16_000, buyer.cash(second));
        assertEquals(8_000, account.balanceMsat());
    }

    @Test
    void ecash_thatIsSpent_is402AndLeavesNothing() {
        TestAccount account = TestAccount.open(gateway);
        TestBuyer buyer = new TestBuyer(gateway);
        String token = buyer.token(CurrencyUnit.SAT, 64, true);
        assertEquals(64_000, buyer.cash(token));
        assertEquals("402 token_spent", account.post(TOPUP, token(token)).error());
        assertEquals("402 token_spent", account.post(TOPUP, token(token)).error());
        assertEquals(0, account.balanceMsat());
        assertEquals("refused", account.get(TOPUP).ok().at("/data/0/state").asText());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {} | invalid_request method
                    {"method":"cash"} | invalid_request method
                    {"method":7} | invalid_request method
                    {"method":"lightning"} | invalid_request amount_sats
                    {"method":"lightning","amount_sats":0} | invalid_request amount_sats
                    {"method":"lightning","amount_sats":-5} | invalid_request amount_sats
                    {"method":"lightning","amount_sats":1.5} | invalid_request amount_sats
                    {"method":"lightning","amount_sats":"5"} | invalid_request amount_sats
                    {"method":"lightning","amount_sats":5001} | invalid_request amount_sats
                    {"method":"lightning","amount_sats":1e30} | invalid_request amount_sats
                    {"method":"lightning","token":"cashuAx"} | invalid_request amount_sats
                    {"method":"ecash"} | invalid_request token
                    {"method":"ecash","token":7} | invalid_request token
                    {"method":"ecash","token":"xyz"} | invalid_request token
                    {"token":"cashuAx","amount_sats":5} | invalid_request amount_sats
                    {"token":"cashuAx"} | invalid_cashu_token X-Cashu
                    {"token":"cashuBx"} | invalid_cashu_token X-Cashu
                    { | invalid_json
                    """)
    void topup_wrong_saysWhat(String body, String error) {
        TestAccount account = TestAccount.open(gateway);
        assertEquals("400 " + error, account.post(TOPUP, body).error());
        assertEquals(0, account.get(TOPUP).ok().path("data").size());
    }

    @Test
    void topup_unknownOrOfOthers_is404() {
        TestAccount account = TestAccount.open(gateway);
        String id = account.topUp(5).path("id").asText();
        TestAccount other = TestAccount.open(gateway);
        assertEquals("404 topup_not_found", other.get(TOPUP + "/" + id).error());
        assertEquals("404 topup_not_found", account.get(TOPUP + "/topup_1").error());
        assertEquals(
                "405 method_not_allowed", account.send("DELETE", TOPUP + "/" + id, "").error());
        assertEquals(
                "400 invalid_request token",
                account.post(TOPUP, "{\"token\":\"cashuAx\"}", "X-Cashu", "cashuAy").error());
    }
}
