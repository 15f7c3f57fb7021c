package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.gateway.lnurl.TestLnurl;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.util.List;

/// What an operator does about a payout that hangs: sees it, lets it be looked at, and never has to
/// decide whether it was paid.
final class StuckPayoutTest {

    private static final TestOperator OPERATOR = new TestOperator();
    private static final String PATH = "/v1/account/withdraw";

    private static final String HANGS =
            "{\"pay_invoice_state\":\"PENDING\",\"check_payment_state\":\"PAID\","
                    + "\"settle_delay_ms\":1000}";

    @Test
    void payout_thatHangs_isShown_stopsOthersAfterAWhile_andEndsWhenLookedAt() {
        try (TestLnurl lnurl = TestLnurl.start(Clock.systemUTC());
                TestGateway gateway =
                        TestGateway.start(
                                OPERATOR.flags(
                                        "--float.target=20000",
                                        "--payout.every=200",
                                        "--payout.unknown_max=0",
                                        lnurl.flag()))) {
            lnurl.invoices((amount, hash) -> TestInvoices.of(amount, HANGS));
            TestAccount account =
                    PayoutRoundTest.register(gateway, "alice@" + TestLnurl.HOST, 1_000);
            WithdrawTest.fund(gateway, Msat.ofSat(3_000));
            String id = freeze(gateway);
            JsonNode stuck = OPERATOR.get("/stuck").at("/stuck/0");
            assertEquals(id, stuck.path("id").asText());
            assertTrue(stuck.toString().contains("lightning unknown"), stuck.toString());
            isSaidAloud(gateway);
            assertEquals("503 payouts_paused", account.post(PATH, lightning()).error());
            Waiting.until(
                    "paid",
                    () -> {
                        String retry = "{\"id\":\"" + id + "\"}";
                        var _ = OPERATOR.send(TestOperator.TOKEN, "/stuck/retry", retry);
                        JsonNode now = account.get("/v1/account/withdrawals/" + id).ok();
                        return now.path("state").asText().equals("paid");
                    });
            assertEquals(0, OPERATOR.get("/stuck").path("stuck").size());
            assertEquals(404, retry(id), "nothing is left to be looked at");
            Waiting.until("health", () -> gateway.health("status").equals("ok"));
            assertEquals(200, account.post(PATH, lightning()).status());
            assertEquals(List.of(), gateway.audit());
        }
    }

    private static int retry(String id) {
        String body = "{\"id\":\"" + id + "\"}";
        return OPERATOR.send(TestOperator.TOKEN, "/stuck/retry", body).statusCode();
    }

    /// Lets nobody look at the payout by itself, and makes it old.
    private static String freeze(TestGateway gateway) {
        String known = "SELECT count(*) FROM payout WHERE state = 'unknown'";
        Waiting.until("sent", () -> TestSql.number(gateway, known) == 1);
        TestSql.execute(
                gateway,
                "UPDATE payout SET next_look_at = now() + interval '1 day', version = version + 1,"
                        + " created_at = now() - interval '16 minutes'");
        return TestSql.text(gateway, "SELECT id FROM payout");
    }

    private static void isSaidAloud(TestGateway gateway) {
        Waiting.until(
                "health tells", () -> gateway.get("/healthz").body().contains("payouts_paused"));
        assertEquals("degraded", gateway.health("status"));
    }

    private static String lightning() {
        String invoice = TestInvoices.of(Msat.ofSat(1), "");
        return Json.text(Json.object().put("method", "lightning").put("invoice", invoice));
    }
}
