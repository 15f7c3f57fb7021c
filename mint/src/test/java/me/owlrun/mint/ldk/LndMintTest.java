package me.owlrun.mint.ldk;

import static me.owlrun.mint.ldk.LndMints.AMOUNT_SAT;
import static me.owlrun.mint.ldk.LndMints.assertProof;
import static me.owlrun.mint.ldk.LndMints.awaitState;
import static me.owlrun.mint.ldk.LndMints.blanks;
import static me.owlrun.mint.ldk.LndMints.change;
import static me.owlrun.mint.ldk.LndMints.id;
import static me.owlrun.mint.ldk.LndMints.meltLater;
import static me.owlrun.mint.ldk.LndMints.sats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.Mint;
import me.owlrun.mint.ldk.LndMints.Payment;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestSocket;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.mint.testing.TestWallet.Reply;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;

/// A whole mint of real money: its deposits and payments are HTLCs between Lightning nodes.
final class LndMintTest {

    private static final Msat AMOUNT = Msat.ofSat(AMOUNT_SAT);

    private final LndMints mints = new LndMints();

    @AfterEach
    void close() {
        mints.close();
    }

    @Test
    void mint_paidByTheWorld_isCreditedByTheStream() {
        Mint mint = mints.start("--subscribe.sweep=600000"); // nobody asks the node meanwhile
        mints.front().awaitListeners(1);
        TestWallet wallet = sats(mint);
        try (TestSocket socket = new TestSocket(mint.url())) {
            JsonNode quote = wallet.mintQuote(2_000);
            JsonNode answer = socket.subscribe("bolt11_mint_quote", "a", List.of(id(quote)));
            assertEquals("OK", answer.path("result").path("status").asText());
            assertEquals("UNPAID", socket.nextState());
            mints.worldPays(quote);
            assertEquals("PAID", socket.nextState());
            assertEquals(2_000, TestWallet.sum(wallet.mint(id(quote), 2_000)));
        }
        mints.assertBooks(2_000, 0);
    }

    @Test
    void melt_throughAForwardingNode_givesTheReserveLessTheRealFeeBack() {
        TestWallet wallet = new TestWallet(mints.start().url(), CurrencyUnit.MSAT);
        List<Proof> inputs = mints.fund(wallet, 5_000_000);
        String invoice = mints.pair.farInvoice(AMOUNT, "far", Reception.CLAIM);
        JsonNode quote = wallet.meltQuote(invoice);
        assertEquals(10_000, quote.path("fee_reserve").longValue()); // 1 %
        List<OutputData> blanks = blanks(wallet);
        JsonNode paid = wallet.melt(id(quote), inputs, blanks).ok();
        assertEquals("PAID", paid.path("state").textValue());
        assertProof(invoice, paid);
        long left = 5_000_000 - AMOUNT.value() - LdkPair.feeMsat(AMOUNT);
        assertEquals(left, TestWallet.sum(change(wallet, paid, blanks)));
        assertEquals(1, mints.worldPaid());
        mints.assertBooks(0, left);
    }

    @Test
    void melt_feeEstimateAboveTheFloor_isTheReserve() {
        TestWallet wallet =
                new TestWallet(
                        mints.start("--melt.fee_percent=0", "--melt.fee_min=1").url(),
                        CurrencyUnit.MSAT);
        JsonNode quote = wallet.meltQuote(mints.pair.farInvoice(AMOUNT, "", Reception.CLAIM));
        assertEquals(LdkPair.feeMsat(AMOUNT), quote.path("fee_reserve").longValue());
    }

    @Test
    void melt_withoutAWay_givesTheInputsBack() {
        TestWallet wallet = sats(mints.start());
        List<Proof> inputs = mints.fund(wallet, 2_000);
        String invoice = mints.pair.unreachableInvoice(AMOUNT, "far away");
        assertRefused(wallet, id(wallet.meltQuote(invoice)), inputs);
    }

    @Test
    void melt_feeAboveTheLimit_isNotPaid() {
        Mint mint =
                mints.start(
                        "--melt.fee_percent=0",
                        "--melt.fee_min=1000",
                        "--lightning.fee_estimate_max=0");
        TestWallet wallet = sats(mint);
        List<Proof> inputs = mints.fund(wallet, 2_000);
        JsonNode quote = wallet.meltQuote(mints.pair.farInvoice(AMOUNT, "", Reception.CLAIM));
        assertTrue(quote.path("fee_reserve").longValue() * 1_000 < LdkPair.feeMsat(AMOUNT));
        assertRefused(wallet, id(quote), inputs);
    }

    private void assertRefused(TestWallet wallet, String quoteId, List<Proof> inputs) {
        Reply refused = wallet.melt(quoteId, inputs, List.of());
        assertEquals(400, refused.status());
        assertEquals(20004, refused.code());
        assertStates("UNSPENT", wallet, inputs);
        assertEquals(0, mints.worldPaid());
        mints.assertBooks(TestWallet.sum(inputs), 0);
    }

    private static void assertStates(String state, TestWallet wallet, List<Proof> proofs) {
        assertTrue(wallet.states(proofs).stream().allMatch(state::equals));
    }

    @Test
    void melt_held_isPendingUntilItIsSettled() {
        TestWallet wallet = sats(mints.start());
        Payment payment = mints.payment(wallet, Reception.HOLD);
        meltLater(wallet, payment);
        mints.pair.awaitHeld(payment.hash());
        assertStates("PENDING", wallet, payment.inputs());
        mints.pair.settle(payment.hash());
        mints.assertSettled(wallet, payment, 0);
        assertStates("SPENT", wallet, payment.inputs());
    }

    @Test
    void melt_heldAndSentBack_isReleasedWhenThatIsConfirmed() {
        TestWallet wallet = sats(mints.start());
        Payment payment = mints.payment(wallet, Reception.HOLD);
        meltLater(wallet, payment);
        mints.pair.failBack(payment.hash());
        JsonNode unpaid = awaitState(wallet, payment.quoteId(), "UNPAID");
        assertTrue(unpaid.path("payment_preimage").isNull());
        assertStates("UNSPENT", wallet, payment.inputs());
        assertTrue(confirmedAfterMs(payment.quoteId()) >= 5_000);
        assertEquals(0, mints.worldPaid());
        mints.assertBooks(2 * AMOUNT_SAT, 0);
    }

    private long confirmedAfterMs(String quoteId) {
        return Audit.number(
                mints.place,
                "SELECT (extract(epoch FROM ended_at - failed_at) * 1000)::bigint"
                        + " FROM melt_attempt WHERE quote_id = '%s'".formatted(quoteId));
    }

    @Test
    void melt_invoiceWithoutAmount_paysWhatWasChosen() {
        TestWallet wallet = sats(mints.start());
        List<Proof> inputs = mints.fund(wallet, 2 * AMOUNT_SAT);
        String invoice = mints.pair.worldInvoiceWithoutAmount("tips", Reception.CLAIM);
        ObjectNode request = Json.object().put("request", invoice).put("unit", "sat");
        request.putObject("options").putObject("amountless").put("amount_msat", AMOUNT.value());
        JsonNode quote = wallet.post("/v1/melt/quote/bolt11", request).ok();
        assertEquals(AMOUNT_SAT, quote.path("amount").longValue());
        Payment payment = new Payment(invoice, id(quote), inputs, blanks(wallet));
        assertEquals(200, wallet.melt(id(quote), inputs, payment.blanks()).status());
        mints.assertSettled(wallet, payment, 0);
    }
}
