package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Token;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.gateway.lnurl.TestInvoice;
import me.owlrun.json.Json;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Withdrawals from a vault that has coins of one unit, at a mint that takes a fee for each coin:
/// whoever takes money out gets all of it, and the operator pays the mint's fees to the millisat.
final class WithdrawUnitsTest {

    private static final String WITHDRAW = "/v1/account/withdraw";

    private static final String EQUITY =
            "SELECT balance_msat FROM account WHERE kind = 'operator_equity'";

    private static final String FEES =
            "SELECT (coalesce((SELECT sum(fee_msat) FROM exchange), 0)"
                    + " + coalesce((SELECT sum(CASE o.unit WHEN 'sat' THEN o.fee_steps * 1000"
                    + " ELSE o.fee_steps END) FROM mint_operation o JOIN payout p"
                    + " ON p.operation_id = o.id), 0))::bigint";

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
            assertEquals(List.of(), gateway.audit());
        } finally {
            gateway.close();
        }
    }

    private static JsonNode withdraw(ObjectNode body) {
        return account.post(WITHDRAW, Json.text(body)).ok();
    }

    private static ObjectNode lightning(String invoice) {
        return Json.object().put("method", "lightning").put("invoice", invoice);
    }

    /// What the operator paid for since a moment, as the books say and as the mint took it.
    private static void operatorPaid(long equity, long fees) {
        long booked = equity - TestSql.number(gateway, EQUITY);
        assertEquals(TestSql.number(gateway, FEES) - fees, booked);
    }

    @Test
    void token_inSats_ofAVaultOfMsats() {
        long equity = TestSql.number(gateway, EQUITY);
        long fees = TestSql.number(gateway, FEES);
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
        operatorPaid(equity, fees);
    }

    @Test
    void payment_thatNoUnitCoversAlone_isMadeOfBoth() {
        long sats = loose(CurrencyUnit.SAT);
        ObjectNode body = Json.object().put("method", "ecash").put("unit", "sat");
        var _ = withdraw(body.put("amount_sats", sats / 1_000 + 700));
        long msats = loose(CurrencyUnit.MSAT);
        long amount = msats / 1_000 + 200;
        assertTrue(loose(CurrencyUnit.SAT) + msats > amount * 1_000 + 100_000, "there is enough");
        WithdrawTest.fund(gateway, Msat.ofSat(amount + 100));
        long equity = TestSql.number(gateway, EQUITY);
        long fees = TestSql.number(gateway, FEES);
        JsonNode done = withdraw(lightning(TestInvoices.of(Msat.ofSat(amount), "")));
        assertEquals("paid", done.path("state").asText());
        assertEquals(1, done.path("fee_msats").asLong(), "the way's fee and nothing else");
        operatorPaid(equity, fees);
    }

    private static long loose(CurrencyUnit unit) {
        try (TestVault vault = new TestVault(gateway, mint.url())) {
            return vault.loose(unit);
        }
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
        long equity = TestSql.number(gateway, EQUITY);
        long fees = TestSql.number(gateway, FEES);
        long balance = account.balanceMsat();
        JsonNode done = withdraw(lightning(TestInvoices.of(Msat.ofSat(50), "")));
        assertEquals(1, done.path("fee_msats").asLong());
        assertEquals(balance - 50_001, account.balanceMsat());
        operatorPaid(equity, fees);
        assertTrue(TestSql.number(gateway, FEES) > fees, "the mint took something");
    }
}
