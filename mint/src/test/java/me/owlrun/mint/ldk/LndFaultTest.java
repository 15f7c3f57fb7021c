package me.owlrun.mint.ldk;

import static me.owlrun.mint.ldk.LndMints.AMOUNT_SAT;
import static me.owlrun.mint.ldk.LndMints.SEND;
import static me.owlrun.mint.ldk.LndMints.id;
import static me.owlrun.mint.ldk.LndMints.meltLater;
import static me.owlrun.mint.ldk.LndMints.meltPending;
import static me.owlrun.mint.ldk.LndMints.sats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.Mint;
import me.owlrun.mint.ldk.LndMints.Payment;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.mint.testing.TestWallet.Reply;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

/// A whole mint of real money whose requests and answers get lost, whose node goes away, or that
/// goes away itself while HTLCs hang.
final class LndFaultTest {

    private static final Duration PAST_THE_LEASE = Duration.ofSeconds(61);

    private final LndMints mints = new LndMints();

    @AfterEach
    void close() {
        mints.close();
    }

    @Test
    void mint_paidWhileTheMintWasAway_isFound() {
        Mint first = mints.start();
        mints.front().awaitListeners(1);
        JsonNode unheard = sats(first).mintQuote(10);
        mints.stop(first);
        mints.worldPays(unheard); // before any payment was heard, LND repeats nothing

        Mint second = mints.start();
        mints.front().awaitListeners(2);
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
    void node_awayAndBack_losesNothing() {
        TestWallet wallet = sats(mints.start());
        mints.front().awaitListeners(1);
        Payment payment = mints.payment(wallet, Reception.CLAIM);
        JsonNode heard = wallet.mintQuote(5);
        mints.worldPays(heard);
        mints.awaitCredit(heard, 5);
        JsonNode quote = wallet.mintQuote(10);

        mints.nodeGoes();
        mints.worldPays(quote);
        Reply refused = wallet.post("/v1/mint/quote/bolt11", order(20));
        assertEquals(400, refused.status());
        assertEquals(50000, refused.code());
        assertEquals("UNPAID", wallet.mintQuote(id(quote)).path("state").textValue());
        Reply failed = wallet.melt(payment.quoteId(), payment.inputs(), payment.blanks());
        assertEquals(20004, failed.code());
        List<Proof> swapped =
                wallet.swap(
                        payment.inputs(), payment.inputs().stream().map(Proof::amount).toList());

        mints.nodeComesBack();
        mints.awaitCredit(quote, 10); // the stream goes on where it was
        Payment again =
                new Payment(payment.invoice(), payment.quoteId(), swapped, payment.blanks());
        assertEquals(200, wallet.melt(again.quoteId(), again.inputs(), again.blanks()).status());
        assertEquals(15, sumOfMints(wallet, List.of(heard, quote)));
        mints.assertSettled(wallet, again, 15);
    }

    private static JsonNode order(long amount) {
        return Json.object().put("amount", amount).put("unit", "sat");
    }

    @Test
    void melt_answerLost_isNotPaidAgain() {
        TestWallet wallet = sats(mints.start());
        Payment payment = mints.payment(wallet, Reception.HOLD);
        mints.front().cutNext(SEND);
        meltPending(wallet, payment);
        mints.awaitChecks(payment.quoteId(), 1);
        mints.pair.settle(payment.hash());
        mints.assertSettled(wallet, payment, 0);
    }

    @Test
    void melt_requestLost_isPaidOnce() {
        TestWallet wallet = sats(mints.start());
        Payment payment = mints.payment(wallet, Reception.CLAIM);
        mints.front().dropNext(SEND);
        meltPending(wallet, payment);
        mints.assertSettled(wallet, payment, 0);
    }

    @Test
    void melt_heldWhileTheMintIsAway_isFinishedByTheNextOne() {
        Mint first = mints.start();
        TestWallet wallet = sats(first);
        Payment payment = mints.payment(wallet, Reception.HOLD);
        mints.front().cutNext(SEND); // else the mint waits for the node before it stops
        meltLater(wallet, payment);
        mints.awaitChecks(payment.quoteId(), 1);
        mints.stop(first);
        mints.pair.settle(payment.hash());
        mints.assertSettled(sats(mints.start()), payment, 0);
    }

    @Test
    void melt_leaseLostWhileItHangs_isTakenOverAndPaidOnce() {
        TestWallet wallet = sats(mints.start());
        Payment payment = mints.payment(wallet, Reception.HOLD);
        meltLater(wallet, payment);
        mints.pair.awaitHeld(payment.hash());
        TestWallet other = sats(mints.start(Clock.offset(Clock.systemUTC(), PAST_THE_LEASE)));
        mints.awaitChecks(payment.quoteId(), 1);
        mints.pair.settle(payment.hash());
        mints.assertSettled(other, payment, 0);
    }

    @Test
    void twoMints_onOneDatabase_creditAndPayOnce() {
        TestWallet one = sats(mints.start());
        TestWallet other = sats(mints.start());
        mints.front().awaitListeners(2);
        JsonNode quote = one.mintQuote(2 * AMOUNT_SAT);
        mints.worldPays(quote);
        mints.awaitCredit(quote, 2 * AMOUNT_SAT);
        List<Proof> inputs = other.mint(id(quote), 2 * AMOUNT_SAT);
        Payment payment = mints.payment(one, Reception.HOLD, inputs);
        meltLater(one, payment);
        meltLater(other, payment);
        mints.pair.settle(payment.hash());
        mints.assertSettled(other, payment, 0);
        assertEquals(
                LndMints.quote(one, payment.quoteId()), LndMints.quote(other, payment.quoteId()));
        assertTrue(other.states(inputs).stream().allMatch("SPENT"::equals));
    }
}
