package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Token;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.gateway.lnurl.TestInvoice;
import me.owlrun.gateway.vault.Exchanger;
import me.owlrun.json.Json;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Withdrawals from a vault that has coins of one unit, at a mint that takes a fee for each coin:
/// whoever takes money out gets all of it, and the operator pays the mint's fees to the millisat.
final class WithdrawUnitsTest {

    private static final String WITHDRAW = "/v1/account/withdraw";

    /// What the operator paid for payouts and exchanges, less what the mint took of their coins.
    private static final String BEYOND_FEES =
            """
            SELECT (
                (SELECT coalesce(-sum(e.amount_msat), 0)
                FROM entry e JOIN transfer t ON t.id = e.transfer_id
                    JOIN account a ON a.id = e.account_id
                WHERE a.kind = 'operator_equity' AND t.kind IN ('payout', 'exchange'))
                - (SELECT coalesce(sum(fee_msat), 0) FROM exchange)
                - (SELECT coalesce(sum(
                    CASE o.unit WHEN 'sat' THEN o.fee_steps * 1000 ELSE o.fee_steps END), 0)
                FROM mint_operation o JOIN payout p ON p.operation_id = o.id
                WHERE o.state = 'done'))::bigint
            """;

    private static final String FEES =
            "SELECT coalesce(sum(o.fee_steps), 0)::bigint FROM mint_operation o JOIN payout p"
                    + " ON p.operation_id = o.id WHERE o.state = 'done'";

    private static Mint mint;
    private static TestGateway gateway;
    private static TestAccount account;

    @BeforeAll
    static void start() {
        mint = TestMint.fresh().start("--keyset.input_fee_ppk=100", "--fake.pay_delay=2000");
        gateway = TestGateway.startBehind(mint, "--float.target=5000", "--float.kits=1");
        gateway.awaitFloat();
        account = TestAccount.open(gateway);
        WithdrawTest.fund(gateway, Msat.ofSat(4_000));
    }

    @AfterAll
    static void stop() {
        try {
            WithdrawTest.takeBack(gateway, Msat.of(account.balanceMsat()));
            assertEquals(List.of(), gateway.audit());
        } finally {
            gateway.close();
        }
    }

    private static JsonNode withdraw(ObjectNode body) {
        List<TestAccount.Reply> replies = new ArrayList<>();
        Waiting.until(
                "coins that nobody else has in hand",
                () -> {
                    replies.add(account.post(WITHDRAW, Json.text(body)));
                    return !replies.getLast().error().startsWith("503 vault_short");
                });
        return replies.getLast().ok();
    }

    private static ObjectNode lightning(String invoice) {
        return Json.object().put("method", "lightning").put("invoice", invoice);
    }

    @Test
    void token_inSats_ofAVaultOfMsats() {
        long balance = account.balanceMsat();
        ObjectNode body = Json.object().put("method", "ecash").put("unit", "sat");
        JsonNode done = withdraw(body.put("amount_sats", 321));
        assertEquals("sat", done.path("unit").asText());
        String text = done.path("token").asText();
        assertTrue(
                TokenCodec.decode(text) instanceof TokenCodec.Valid(Token token)
                        && token.unit().equals(CurrencyUnit.SAT.text())
                        && token.amount() == 321);
        assertEquals(balance - 321_000, account.balanceMsat());
        assertEquals(0, TestSql.number(gateway, BEYOND_FEES));
    }

    @Test
    void payment_thatNoUnitCoversAlone_isMadeOfBoth() {
        long amount;
        try (TestVault vault = new TestVault(gateway, mint.url())) {
            Exchanger exchanger = vault.exchanger();
            Waiting.until(
                    "sats",
                    () ->
                            vault.loose(CurrencyUnit.SAT) >= 800_000
                                    || exchanger.exchange(CurrencyUnit.SAT, 800, 800)
                                            == Exchanger.Result.DONE);
            amount = vault.loose(CurrencyUnit.MSAT) / 1_000 + 300;
            assertTrue(vault.loose(CurrencyUnit.SAT) < amount * 1_000, "sats are not enough");
        }
        WithdrawTest.fund(gateway, Msat.ofSat(amount + 200));
        JsonNode done = withdraw(lightning(TestInvoices.of(Msat.ofSat(amount), "")));
        assertEquals("paid", done.path("state").asText());
        assertEquals(1, done.path("fee_msats").asLong(), "the way's fee and nothing else");
        assertEquals(0, TestSql.number(gateway, BEYOND_FEES));
    }

    @Test
    void invoice_withoutAnAmount_isPaidAsMuchAsAsked() {
        String open = TestInvoice.of(Msat.ofSat(1), Instant.now()).amount(Optional.empty()).write();
        TestAccount.Reply missing = account.post(WITHDRAW, Json.text(lightning(open)));
        assertEquals("400 invalid_request amount_sats", missing.error());
        long balance = account.balanceMsat();
        JsonNode done = withdraw(lightning(open).put("amount_msats", 12_345));
        assertEquals(12_345, done.path("amount_msats").asLong());
        assertEquals("paid", done.path("state").asText());
        assertEquals(balance - 12_345 - done.path("fee_msats").asLong(), account.balanceMsat());
        TestAccount.Reply again =
                account.post(WITHDRAW, Json.text(lightning(open).put("amount_msats", 1_000)));
        assertEquals("422 invoice_refused invoice", again.error());
        TestAccount.Reply other =
                account.post(
                        WITHDRAW,
                        Json.text(
                                lightning(TestInvoices.of(Msat.ofSat(5), ""))
                                        .put("amount_sats", 6)));
        assertEquals("400 invalid_request amount_sats", other.error());
    }

    @Test
    void payment_costsThePayeeTheWay_andTheOperatorTheMintsFee() {
        long fees = TestSql.number(gateway, FEES);
        long balance = account.balanceMsat();
        JsonNode done = withdraw(lightning(TestInvoices.of(Msat.ofSat(50), "")));
        long way = done.path("fee_msats").asLong();
        assertTrue(way == 1 || way == 1_000, "one step of the unit it was paid in: " + way);
        assertEquals(balance - 50_000 - way, account.balanceMsat());
        assertEquals(0, TestSql.number(gateway, BEYOND_FEES));
        assertTrue(TestSql.number(gateway, FEES) > fees, "the mint took something");
    }
}
