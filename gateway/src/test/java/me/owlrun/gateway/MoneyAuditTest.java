package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Optional;

/// Errors planted into the books of a gateway at work: each invariant finds its own.
final class MoneyAuditTest {

    private static final String WITHDRAW = "/v1/account/withdraw";
    private static final List<String> HELLO =
            List.of("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}", "[DONE]");

    private static final String OF_THE_PAID =
            " WHERE id = (SELECT operation_id FROM payout"
                    + " WHERE state = 'paid' AND method = 'lightning')";
    private static final String QUOTE = "UPDATE mint_operation SET quote_id = '%s'" + OF_THE_PAID;
    private static final String OLD_TOPUPS =
            """
            UPDATE topup SET state = '%1$s';
            UPDATE mint_operation SET created_at = created_at %2$s interval '25 hours'
            WHERE purpose = 'topup'
            """;

    private static final TestOperator THIEF = new TestOperator();
    private static final TestOperator OPERATOR = new TestOperator();
    private static TestGateway gateway;
    private static TestAccount account;

    /// A payment by key, two by Lightning, one of which fails, and a withdrawal.
    @BeforeAll
    static void work() {
        gateway = TestGateway.start(OPERATOR.flags("--audit.every=86400"));
        account = TestAccount.open(gateway);
        assertEquals("credited", account.topUp(500).path("state").asText());
        try (TestNode node = TestNode.answering(gateway.url(), "one:1b", HELLO)) {
            var _ =
                    account.post(
                                    "/v1/chat/completions",
                                    Json.text(TestBuyer.request("one:1b", false)))
                            .ok();
            assertTrue(node.key().startsWith("owlr_prov_"));
        }
        assertEquals("paid", pay("").body().path("state").asText());
        var _ = pay("{\"pay_invoice_state\":\"FAILED\"}");
        var _ = account.post(WITHDRAW, "{\"method\":\"ecash\",\"amount_sats\":3}").ok();
        Waiting.until(
                "at rest",
                () ->
                        TestSql.number(
                                        gateway,
                                        "SELECT count(*) FROM payout"
                                                + " WHERE state NOT IN ('paid', 'failed')")
                                == 0);
        assertEquals(List.of(), gateway.audit());
    }

    private static TestAccount.Reply pay(String script) {
        String invoice = TestInvoices.of(Msat.ofSat(5), script);
        return account.post(
                WITHDRAW,
                Json.text(Json.object().put("method", "lightning").put("invoice", invoice)));
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /// @param table what is spoilt
    /// @param change how
    /// @param where which rows
    /// @param undo puts it right
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    payout_in_time | payout \
                    | state = 'unknown', closed_at = NULL, \
                    created_at = created_at - interval '16d' \
                    | state = 'paid' AND method = 'ecash' \
                    | state = 'paid', closed_at = now(), created_at = created_at + interval '16d'
                    payment_in_time | charge \
                    | state = 'held', created_at = created_at - interval '25h' | true \
                    | state = 'settled', created_at = created_at + interval '25h'
                    operation_in_time | mint_operation \
                    | state = 'pending', created_at = created_at - interval '25h' \
                    | purpose = 'kits' | state = 'done', created_at = created_at + interval '25h'
                    assets_cover_liabilities | account | balance_msat = balance_msat + 1400000 \
                    | kind = 'ecash_treasury' | balance_msat = balance_msat - 1400000
                    melt_has_payout | mint_operation | purpose = 'payout' | purpose = 'kits' \
                    | purpose = 'kits'
                    melt_has_payout | mint_operation | purpose = 'kits' | purpose = 'withdraw' \
                    | purpose = 'withdraw'
                    payout_spent_is_booked | vault_proof | amount = amount * 2 \
                    | spent_by IN (SELECT operation_id FROM payout WHERE state = 'paid') \
                    | amount = amount / 2
                    hold_is_open_payouts | account | balance_msat = 7 | kind = 'payout_hold' \
                    | balance_msat = 0
                    escrow_is_open_jobs | account | balance_msat = 7 | kind = 'job_escrow' \
                    | balance_msat = 0
                    proof_of_payment_fits | payout | preimage = repeat('00', 32) \
                    | method = 'lightning' AND preimage IS NULL | preimage = NULL
                    treasury_is_vault | vault_proof | amount = amount * 2 | state = 'held' \
                    | amount = amount / 2
                    """)
    void audit_withAnErrorPlanted_findsIt(
            String code, String table, String change, String where, String undo) {
        TestSql.execute(gateway, "DROP TABLE IF EXISTS spoilt");
        TestSql.execute(
                gateway,
                "CREATE TABLE spoilt AS SELECT id::text AS id FROM %s WHERE %s"
                        .formatted(table, where));
        String spoilt = " WHERE id::text IN (SELECT id FROM spoilt)";
        TestSql.execute(gateway, "UPDATE %s SET %s".formatted(table, change) + spoilt);
        List<String> found = gateway.audit();
        TestSql.execute(gateway, "UPDATE %s SET %s".formatted(table, undo) + spoilt);
        assertTrue(found.stream().anyMatch(text -> text.startsWith(code + ": ")), "" + found);
        assertEquals(List.of(), gateway.audit(), "put right again");
    }

    @Test
    void audit_withATopupForgotten_findsIt() {
        TestSql.execute(gateway, OLD_TOPUPS.formatted("running", "-"));
        List<String> found = gateway.audit();
        TestSql.execute(gateway, OLD_TOPUPS.formatted("credited", "+"));
        assertTrue(found.stream().anyMatch(text -> text.startsWith("topup_in_time: ")), "" + found);
        assertEquals(List.of(), gateway.audit(), "put right again");
    }

    @Test
    void audit_withAPaymentThatTheMintDidNotMake_findsIt() {
        TestWallet wallet = new TestBuyer(gateway).wallet(CurrencyUnit.MSAT);
        String unpaid = wallet.meltQuote(TestInvoices.of(Msat.ofSat(5), "")).path("quote").asText();
        String right = TestSql.text(gateway, "SELECT quote_id FROM mint_operation o" + OF_THE_PAID);
        TestSql.execute(gateway, QUOTE.formatted(unpaid));
        JsonNode found = OPERATOR.post("/audit", "{}");
        TestSql.execute(gateway, QUOTE.formatted(right));
        assertTrue(found.toString().contains("melt_is_payout: "), found.toString());
        JsonNode after = OPERATOR.post("/audit", "{}");
        assertTrue(after.toString().contains("\"findings\":[]"), after.toString());
    }

    /// A thief who can read the database spends one of the vault's proofs.
    @Test
    void proofOfTheVault_spentByAThief_stopsPayoutsAndNothingElse() {
        try (TestGateway robbed = TestGateway.start(THIEF.flags("--audit.every=86400"))) {
            TestAccount victim = TestAccount.open(robbed);
            var _ = victim.topUp(100);
            String proof =
                    "FROM vault_proof WHERE state = 'held' AND unit = 'sat' AND kit_id IS NULL"
                            + " ORDER BY amount DESC LIMIT 1";
            long amount = TestSql.number(robbed, "SELECT amount " + proof);
            Proof stolen =
                    new Proof(
                            amount,
                            new KeysetId(TestSql.text(robbed, "SELECT keyset_id " + proof)),
                            TestSql.text(robbed, "SELECT secret " + proof),
                            Point.fromHex(TestSql.text(robbed, "SELECT c " + proof)),
                            Optional.empty(),
                            Optional.empty());
            TestBuyer thief = new TestBuyer(robbed);
            var _ = thief.wallet(CurrencyUnit.SAT).swap(List.of(stolen), Amounts.split(amount));
            assertEquals(List.of(), robbed.audit(), "the books alone do not show it");

            String audit = THIEF.post("/audit", "{}").toString();
            assertTrue(audit.contains("treasury_is_unspent: "), audit);
            String again = THIEF.post("/audit", "{}").toString();
            assertTrue(again.contains("treasury_is_unspent: "), "it lasts: " + again);
            Waiting.until("degraded", () -> robbed.health("status").equals("degraded"));
            String invoice = TestInvoices.of(Msat.ofSat(5), "");
            assertEquals(
                    "503 payouts_paused",
                    victim.post(
                                    WITHDRAW,
                                    Json.text(
                                            Json.object()
                                                    .put("method", "lightning")
                                                    .put("invoice", invoice)))
                            .error());
            String token = thief.token(CurrencyUnit.MSAT, 4_321, true);
            assertEquals(
                    "credited",
                    victim.post("/v1/account/topup", "", "X-Cashu", token)
                            .ok()
                            .path("state")
                            .asText(),
                    "receiving goes on");
        }
    }
}
