package me.owlrun.mint.ldk;

import static me.owlrun.mint.ldk.LndMints.SEND;
import static me.owlrun.mint.ldk.LndMints.assertProof;
import static me.owlrun.mint.ldk.LndMints.await;
import static me.owlrun.mint.ldk.LndMints.awaitState;
import static me.owlrun.mint.ldk.LndMints.blanks;
import static me.owlrun.mint.ldk.LndMints.change;
import static me.owlrun.mint.ldk.LndMints.hash;
import static me.owlrun.mint.ldk.LndMints.meltLater;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestSocket;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.mint.testing.TestWallet.Reply;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

/// A whole mint of real money: its deposits and payments are HTLCs between Lightning nodes.
final class LndMintTest {

    private static final Msat AMOUNT = Msat.ofSat(1_000);
    private static final Duration PAST_THE_LEASE = Duration.ofSeconds(61);

    private final LdkPair pair = LdkPair.shared();
    private LndMints mints;
    private long paidBefore;

    @BeforeEach
    void open() {
        mints = new LndMints(pair);
        paidBefore = pair.worldPaidCount();
    }

    @AfterEach
    void close() {
        mints.close();
    }

    private static TestWallet sats(Mint mint) {
        return new TestWallet(mint.url(), CurrencyUnit.SAT);
    }

    private long worldPaid() {
        return pair.worldPaidCount() - paidBefore;
    }

    private static String id(JsonNode quote) {
        return quote.path("quote").textValue();
    }

    private static String quoteId(TestWallet wallet, String invoice) {
        return id(wallet.meltQuote(invoice));
    }

    private String heldInvoice() {
        return pair.worldInvoice(AMOUNT, "held", Reception.HOLD);
    }

    @Test
    void mint_paidByTheWorld_isCreditedByTheStream() {
        Mint mint = mints.start();
        mints.front.awaitListeners(1);
        TestWallet wallet = sats(mint);
        try (TestSocket socket = new TestSocket(mint.url())) {
            JsonNode quote = wallet.mintQuote(2_000);
            assertEquals(
                    "OK",
                    socket.subscribe("bolt11_mint_quote", "a", List.of(id(quote)))
                            .path("result")
                            .path("status")
                            .asText());
            assertEquals("UNPAID", socket.nextState());
            mints.worldPays(quote);
            assertEquals("PAID", socket.nextState());
            assertEquals(2_000, TestWallet.sum(wallet.mint(id(quote), 2_000)));
        }
        mints.assertBooks(2_000, 0);
    }

    @Test
    void mint_paidWhileTheMintWasAway_isFound() {
        Mint first = mints.start();
        mints.front.awaitListeners(1);
        JsonNode unheard = sats(first).mintQuote(10);
        mints.stop(first);
        mints.worldPays(unheard); // before any payment was heard, LND repeats nothing

        Mint second = mints.start();
        mints.front.awaitListeners(2);
        JsonNode heard = sats(second).mintQuote(20);
        mints.worldPays(heard);
        mints.awaitCredit(heard, 20);
        JsonNode resumed = sats(second).mintQuote(40);
        mints.stop(second);
        mints.worldPays(resumed);

        TestWallet wallet = sats(mints.start());
        mints.awaitCredit(resumed, 40);
        assertEquals(0, mints.credit(unheard));
        assertEquals("PAID", wallet.mintQuote(id(unheard)).path("state").textValue());
        assertEquals(70, sumOfMints(wallet, List.of(unheard, heard, resumed)));
        mints.assertBooks(70, 0);
    }

    private static long sumOfMints(TestWallet wallet, List<JsonNode> quotes) {
        return quotes.stream()
                .mapToLong(quote ->
                        TestWallet.sum(wallet.mint(id(quote), quote.path("amount").longValue())))
                .sum();
    }

    @Test
    void melt_throughAForwardingNode_givesTheReserveLessTheRealFeeBack() {
        TestWallet wallet = new TestWallet(mints.start().url(), CurrencyUnit.MSAT);
        List<Proof> inputs = mints.fund(wallet, 5_000_000);
        String invoice = pair.farInvoice(AMOUNT, "far", Reception.CLAIM);
        JsonNode quote = wallet.meltQuote(invoice);
        assertEquals(10_000, quote.path("fee_reserve").longValue()); // 1 %
        List<OutputData> blanks = blanks(wallet);
        JsonNode paid = wallet.melt(id(quote), inputs, blanks).ok();
        assertEquals("PAID", paid.path("state").textValue());
        assertProof(invoice, paid);
        long left = 5_000_000 - AMOUNT.value() - LdkPair.feeMsat(AMOUNT);
        assertEquals(left, TestWallet.sum(change(wallet, paid, blanks)));
        assertEquals(1, worldPaid());
        mints.assertBooks(0, left);
    }

    @Test
    void melt_withoutAWay_givesTheInputsBack() {
        TestWallet wallet = sats(mints.start());
        List<Proof> inputs = mints.fund(wallet, 2_000);
        String invoice = pair.unreachableInvoice(AMOUNT, "far away");
        assertRefused(wallet, wallet.melt(quoteId(wallet, invoice), inputs, List.of()), inputs);
        mints.assertBooks(2_000, 0);
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
        JsonNode quote = wallet.meltQuote(pair.farInvoice(AMOUNT, "far", Reception.CLAIM));
        assertTrue(quote.path("fee_reserve").longValue() * 1_000 < LdkPair.feeMsat(AMOUNT));
        assertRefused(wallet, wallet.melt(id(quote), inputs, List.of()), inputs);
        assertEquals(0, worldPaid());
        mints.assertBooks(2_000, 0);
    }

    private static void assertRefused(TestWallet wallet, Reply refused, List<Proof> inputs) {
        assertEquals(400, refused.status());
        assertEquals(20004, refused.code());
        assertUnspent(wallet, inputs);
    }

    private static void assertUnspent(TestWallet wallet, List<Proof> inputs) {
        assertTrue(wallet.states(inputs).stream().allMatch("UNSPENT"::equals));
    }

    @Test
    void melt_held_isPendingUntilItIsSettled() {
        TestWallet wallet = sats(mints.start());
        List<Proof> inputs = mints.fund(wallet, 2_000);
        String invoice = heldInvoice();
        String quoteId = quoteId(wallet, invoice);
        List<OutputData> blanks = blanks(wallet);
        meltLater(wallet, quoteId, inputs, blanks);
        pair.awaitHeld(hash(invoice));
        assertTrue(wallet.states(inputs).stream().allMatch("PENDING"::equals));
        pair.settle(hash(invoice));
        assertSettled(wallet, quoteId, invoice, blanks);
    }

    /// Paid once at no fee, with all of the reserve as change.
    private void assertSettled(
            TestWallet wallet, String quoteId, String invoice, List<OutputData> blanks) {
        JsonNode paid = awaitState(wallet, quoteId, "PAID");
        assertProof(invoice, paid);
        assertEquals(1_000, TestWallet.sum(change(wallet, paid, blanks)));
        assertEquals(1, worldPaid());
        mints.assertBooks(1_000, 0);
    }

    @Test
    void melt_heldAndSentBack_isReleasedWhenThatIsConfirmed() {
        TestWallet wallet = sats(mints.start());
        List<Proof> inputs = mints.fund(wallet, 2_000);
        String invoice = heldInvoice();
        String quoteId = quoteId(wallet, invoice);
        meltLater(wallet, quoteId, inputs, List.of());
        pair.failBack(hash(invoice));
        assertTrue(awaitState(wallet, quoteId, "UNPAID").path("payment_preimage").isNull());
        assertUnspent(wallet, inputs);
        assertTrue(confirmedAfterMs(quoteId) >= 5_000);
        assertEquals(0, worldPaid());
        mints.assertBooks(2_000, 0);
    }

    private long confirmedAfterMs(String quoteId) {
        return Audit.number(
                mints.place,
                "SELECT (extract(epoch FROM ended_at - failed_at) * 1000)::bigint"
                        + " FROM melt_attempt WHERE quote_id = '%s'".formatted(quoteId));
    }

    @Test
    void melt_answerLost_isNotPaidAgain() {
        TestWallet wallet = sats(mints.start());
        List<Proof> inputs = mints.fund(wallet, 2_000);
        String invoice = heldInvoice();
        String quoteId = quoteId(wallet, invoice);
        List<OutputData> blanks = blanks(wallet);
        mints.front.cutNext(SEND);
        JsonNode answer = wallet.melt(quoteId, inputs, blanks).ok();
        assertEquals("PENDING", answer.path("state").textValue());
        awaitChecks(quoteId, 1);
        pair.settle(hash(invoice));
        assertSettled(wallet, quoteId, invoice, blanks);
    }

    /// Waits until the mint has looked after a payment that often.
    private void awaitChecks(String quoteId, int checks) {
        String query = "SELECT checks FROM melt_attempt WHERE quote_id = '%s'".formatted(quoteId);
        await("a look-up", () -> Audit.number(mints.place, query) >= checks);
    }

    @Test
    void melt_requestLost_isPaidOnce() {
        TestWallet wallet = sats(mints.start());
        List<Proof> inputs = mints.fund(wallet, 2_000);
        String invoice = pair.worldInvoice(AMOUNT, "taken", Reception.CLAIM);
        String quoteId = quoteId(wallet, invoice);
        List<OutputData> blanks = blanks(wallet);
        mints.front.dropNext(SEND);
        JsonNode answer = wallet.melt(quoteId, inputs, blanks).ok();
        assertEquals("PENDING", answer.path("state").textValue());
        assertSettled(wallet, quoteId, invoice, blanks);
    }

    @Test
    void melt_heldWhileTheMintIsAway_isFinishedByTheNextOne() {
        Mint first = mints.start();
        TestWallet wallet = sats(first);
        List<Proof> inputs = mints.fund(wallet, 2_000);
        String invoice = heldInvoice();
        String quoteId = quoteId(wallet, invoice);
        List<OutputData> blanks = blanks(wallet);
        mints.front.cutNext(SEND); // else the mint waits for the node before it stops
        meltLater(wallet, quoteId, inputs, blanks);
        awaitChecks(quoteId, 1);
        mints.stop(first);
        pair.settle(hash(invoice));
        assertSettled(sats(mints.start()), quoteId, invoice, blanks);
    }

    @Test
    void melt_leaseLostWhileItHangs_isTakenOverAndPaidOnce() {
        TestWallet wallet = sats(mints.start());
        List<Proof> inputs = mints.fund(wallet, 2_000);
        String invoice = heldInvoice();
        String quoteId = quoteId(wallet, invoice);
        List<OutputData> blanks = blanks(wallet);
        meltLater(wallet, quoteId, inputs, blanks);
        pair.awaitHeld(hash(invoice));
        TestWallet other = sats(mints.start(Clock.offset(Clock.systemUTC(), PAST_THE_LEASE)));
        awaitChecks(quoteId, 1);
        pair.settle(hash(invoice));
        assertSettled(other, quoteId, invoice, blanks);
    }

    @Test
    void twoMints_onOneDatabase_creditAndPayOnce() {
        TestWallet one = sats(mints.start());
        TestWallet other = sats(mints.start());
        mints.front.awaitListeners(2);
        JsonNode quote = one.mintQuote(2_000);
        mints.worldPays(quote);
        mints.awaitCredit(quote, 2_000);
        List<Proof> inputs = other.mint(id(quote), 2_000);
        String invoice = heldInvoice();
        String quoteId = quoteId(one, invoice);
        List<OutputData> blanks = blanks(one);
        meltLater(one, quoteId, inputs, blanks);
        meltLater(other, quoteId, inputs, blanks);
        pair.settle(hash(invoice));
        assertSettled(other, quoteId, invoice, blanks);
        assertEquals(LndMints.quote(one, quoteId), LndMints.quote(other, quoteId));
    }

    @Test
    void melt_invoiceWithoutAmount_paysWhatWasChosen() {
        TestWallet wallet = sats(mints.start());
        List<Proof> inputs = mints.fund(wallet, 2_000);
        String invoice = pair.worldInvoiceWithoutAmount("tips", Reception.CLAIM);
        ObjectNode request = Json.object().put("request", invoice).put("unit", "sat");
        request.putObject("options").putObject("amountless").put("amount_msat", AMOUNT.value());
        JsonNode quote = wallet.post("/v1/melt/quote/bolt11", request).ok();
        assertEquals(1_000, quote.path("amount").longValue());
        List<OutputData> blanks = blanks(wallet);
        assertEquals("PAID", wallet.melt(id(quote), inputs, blanks).ok().path("state").textValue());
        assertSettled(wallet, id(quote), invoice, blanks);
    }
}
