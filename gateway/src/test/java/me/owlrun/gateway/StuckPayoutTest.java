package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.util.List;

/// What an operator does about a payout that hangs: sees it, waits or asks again, and never has to
/// decide whether it was paid.
final class StuckPayoutTest {

    private static final TestOperator OPERATOR = new TestOperator();

    @Test
    void payout_thatHangs_isShown_stopsOthersAfterAWhile_andEndsByItself() {
        String[] flags = OPERATOR.flags("--float.target=20000", "--payout.unknown_max=0");
        try (TestGateway gateway = TestGateway.start(flags)) {
            TestAccount account = TestAccount.open(gateway);
            WithdrawTest.fund(gateway, Msat.ofSat(2_000));
            String id = hang(account);
            long held = account.balanceMsat();
            JsonNode stuck = OPERATOR.get("/stuck").at("/stuck/0");
            assertEquals(id, stuck.path("id").asText());
            assertEquals("payout", stuck.path("kind").asText(), stuck.toString());
            assertEquals(500_000, stuck.path("amount_msats").asLong(), stuck.toString());
            assertEquals("ok", gateway.health("status"), "not yet worth a word");
            TestSql.execute(
                    gateway, "UPDATE payout SET created_at = now() - interval '16 minutes'");
            Waiting.until(
                    "health tells",
                    () -> gateway.get("/healthz").body().contains("payouts_paused"));
            assertEquals(
                    "503 payouts_paused",
                    account.post("/v1/account/withdraw", lightning(1, "")).error());
            assertTrue(
                    OPERATOR.post("/stuck/retry", "{\"id\":\"" + id + "\"}")
                            .path("retried")
                            .asBoolean());
            String path = "/v1/account/withdrawals/" + id;
            Waiting.until(
                    "paid",
                    () -> {
                        var _ =
                                OPERATOR.send(
                                        TestOperator.TOKEN,
                                        "/stuck/retry",
                                        "{\"id\":\"" + id + "\"}");
                        return account.get(path).ok().path("state").asText().equals("paid");
                    });
            assertEquals(0, OPERATOR.get("/stuck").path("stuck").size());
            assertTrue(account.balanceMsat() > held, "what the way did not cost is back");
            Waiting.until("health", () -> gateway.health("status").equals("ok"));
            var _ = account.post("/v1/account/withdraw", lightning(1, "")).ok();
            assertEquals(List.of(), gateway.audit());
        }
    }

    private static String lightning(long sats, String script) {
        String invoice = TestInvoices.of(Msat.ofSat(sats), script);
        return Json.text(Json.object().put("method", "lightning").put("invoice", invoice));
    }

    /// Begins a payment that hangs for longer than an answer waits.
    private static String hang(TestAccount account) {
        String script =
                "{\"pay_invoice_state\":\"PENDING\",\"check_payment_state\":\"PAID\","
                        + "\"settle_delay_ms\":18000}";
        TestAccount.Reply begun = account.post("/v1/account/withdraw", lightning(500, script));
        assertEquals(202, begun.status(), begun.body().toString());
        return begun.body().path("id").asText();
    }
}
