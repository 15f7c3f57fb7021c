package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestLock;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.mint.testing.TestWallet.Reply;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Locked proofs (NUT-10, NUT-11, NUT-14) over HTTP, in swaps and melts.
final class LockTest {

    private static final String SWAP = "/v1/swap";
    private static final Scalar ALICE = new Scalar(BigInteger.valueOf(1001));
    private static final Scalar BOB = new Scalar(BigInteger.valueOf(1002));
    private static final String PREIMAGE = "5a".repeat(32);

    /// What a widespread wallet library looks for in the text of a refusal.
    private static final Pattern WALLETS_LOOK_FOR =
            Pattern.compile("witness.*p2pk.*signature", Pattern.CASE_INSENSITIVE);

    private static final Pattern WALLETS_LOOK_FOR_ALL =
            Pattern.compile("no witness|signatures not provided", Pattern.CASE_INSENSITIVE);

    private final TestMint place = TestMint.fresh();
    private final TestClock clock = new TestClock(Instant.parse("2026-11-21T12:00:00Z"));
    private final Mint mint = place.start(clock, "--fake.pay_delay=0");
    private final TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);

    @AfterEach
    void stop() {
        mint.close();
    }

    @Test
    void swap_signedInputs_isDoneAndWitnessIsTold() {
        List<Proof> locked = wallet.mintLocked(4, secrets(TestLock.p2pk(ALICE), 2));
        ObjectNode unsigned = wallet.swapRequest(locked, wallet.outputs(List.of(8L)));
        Reply refused = wallet.post(SWAP, unsigned);
        assertEquals(20008, refused.code());
        String detail = refused.body().path("detail").textValue();
        assertTrue(WALLETS_LOOK_FOR.matcher(detail).find(), detail);
        assertTrue(WALLETS_LOOK_FOR_ALL.matcher(detail).find(), detail);
        Reply wrong = swap(TestLock.signed(locked, BOB));
        assertEquals(20008, wrong.code());
        detail = wrong.body().path("detail").textValue();
        assertTrue(WALLETS_LOOK_FOR.matcher(detail).find(), detail);
        Proof signedFirst = TestLock.signed(locked, ALICE).getFirst();
        assertEquals(20008, swap(List.of(signedFirst, locked.get(1))).code());
        assertEquals(List.of("UNSPENT", "UNSPENT"), wallet.states(locked));
        assertTrue(witnessOf(locked.getFirst()).isNull());

        List<Proof> signed = TestLock.signed(locked, ALICE);
        assertEquals(200, swap(signed).status());
        assertEquals(
                signed.getFirst().witness().orElseThrow(),
                witnessOf(locked.getFirst()).textValue());
        assertEquals(11001, swap(signed).code(), "other outputs");
        Audit.check(place, CurrencyUnit.SAT, 8);
    }

    @Test
    void swap_replayWithAnotherWitness_getsTheSameAnswer() {
        List<Proof> locked = wallet.mintLocked(8, secrets(TestLock.p2pk(ALICE), 1));
        List<OutputData> outputs = wallet.outputs(List.of(8L));
        ObjectNode once = wallet.swapRequest(TestLock.signed(locked, ALICE), outputs);
        JsonNode first = wallet.post(SWAP, once).ok();
        ObjectNode again = wallet.swapRequest(TestLock.signed(locked, ALICE), outputs);
        assertEquals(first, wallet.post(SWAP, again).ok());
    }

    @Test
    void swap_witnessAsObject_isReadToo() {
        List<Proof> locked = wallet.mintLocked(8, secrets(TestLock.p2pk(ALICE), 1));
        List<OutputData> outputs = wallet.outputs(List.of(8L));
        ObjectNode request = wallet.swapRequest(TestLock.signed(locked, ALICE), outputs);
        ObjectNode input = (ObjectNode) request.path("inputs").path(0);
        input.set("witness", Json.parse(input.path("witness").textValue()));
        assertEquals(8, TestWallet.sum(wallet.unblind(outputs, wallet.post(SWAP, request).ok())));
    }

    @Test
    void swap_severalMistakes_firstInOrderWins() {
        List<Proof> both = wallet.mintLocked(8, secrets(TestLock.p2pk(ALICE), 2));
        List<Proof> locked = both.subList(0, 1);
        ObjectNode unbalanced = wallet.swapRequest(locked, wallet.outputs(List.of(4L)));
        assertEquals(11005, wallet.post(SWAP, unbalanced).code());
        ObjectNode forged = wallet.swapRequest(locked, wallet.outputs(List.of(8L)));
        ((ObjectNode) forged.path("inputs").path(0)).put("C", ALICE.publicKey().toHex());
        assertEquals(10001, wallet.post(SWAP, forged).code());
        assertEquals(200, swap(TestLock.signed(locked, ALICE)).status());
        assertEquals(11001, swap(locked).code(), "all spent: nothing is verified");
        assertEquals(20008, swap(both).code(), "the witness is looked at before the database");
    }

    @Test
    void swap_locktimePasses_opensTheRefund() {
        String locktime = Long.toString(clock.instant().getEpochSecond() + 60);
        TestLock lock = TestLock.p2pk(ALICE).with("locktime", locktime).withKeys("refund", BOB);
        List<Proof> locked = wallet.mintLocked(2, secrets(lock, 2));
        List<Proof> one = locked.subList(0, 1);
        List<Proof> two = locked.subList(1, 2);
        assertEquals(20008, swap(TestLock.signed(one, BOB)).code());
        clock.advance(Duration.ofSeconds(60));
        assertEquals(20008, swap(TestLock.signed(one, BOB)).code());
        clock.advance(Duration.ofSeconds(1));
        assertEquals(200, swap(TestLock.signed(one, BOB)).status());
        assertEquals(200, swap(TestLock.signed(two, ALICE)).status(), "the owner still may");
    }

    @Test
    void swap_htlc_needsThePreimage() {
        TestLock lock = TestLock.htlc(PREIMAGE).withKeys("pubkeys", ALICE);
        Proof locked = wallet.mintLocked(8, secrets(lock, 1)).getFirst();
        assertEquals(20008, swap(TestLock.signed(List.of(locked), ALICE)).code());
        String shown = TestLock.preimageWitness(PREIMAGE, locked.secret(), ALICE);
        assertEquals(200, swap(List.of(TestLock.withWitness(locked, shown))).status());
        assertEquals(shown, witnessOf(locked).textValue());
    }

    @Test
    void swapSigAll_bindsInputsAndOutputs() {
        TestLock lock = TestLock.p2pk(ALICE).with("sigflag", "SIG_ALL");
        List<Proof> locked = wallet.mintLocked(4, secrets(lock, 2));
        List<OutputData> outputs = wallet.outputs(List.of(2L, 2L, 4L));
        assertEquals(20008, wallet.post(SWAP, wallet.swapRequest(locked, outputs)).code());
        List<Proof> each = TestLock.signed(locked, ALICE);
        assertEquals(20008, wallet.post(SWAP, wallet.swapRequest(each, outputs)).code());
        List<Proof> signed = signedWhole(locked, outputs, "");
        assertEquals(
                20008, wallet.post(SWAP, wallet.swapRequest(signed, outputs.reversed())).code());
        assertEquals(
                20008, wallet.post(SWAP, wallet.swapRequest(signed.reversed(), outputs)).code());
        assertEquals(
                20008,
                wallet.post(SWAP, wallet.swapRequest(signed, wallet.outputs(List.of(2L, 2L, 4L))))
                        .code());
        List<OutputData> otherAmounts =
                Stream.of(1, 0, 2)
                        .map(i -> {
                            OutputData o = outputs.get(i);
                            long amount = outputs.get(i == 2 ? 2 : 1 - i).amount();
                            return new OutputData(amount, o.keysetId(), o.secret(), o.r());
                        })
                        .toList();
        assertEquals(20008, wallet.post(SWAP, wallet.swapRequest(signed, otherAmounts)).code());
        assertEquals(List.of("UNSPENT", "UNSPENT"), wallet.states(locked));
        assertEquals(200, wallet.post(SWAP, wallet.swapRequest(signed, outputs)).status());
        Audit.check(place, CurrencyUnit.SAT, 8);
    }

    @Test
    void swapSigAll_otherConditionAmongInputs_isRefused() {
        TestLock all = TestLock.p2pk(ALICE).with("sigflag", "SIG_ALL");
        List<TestLock> others =
                List.of(
                        TestLock.p2pk(ALICE),
                        TestLock.p2pk(BOB).with("sigflag", "SIG_ALL"),
                        all.with("locktime", "1"),
                        TestLock.htlc(PREIMAGE).with("sigflag", "SIG_ALL"));
        for (TestLock other : others) {
            List<Proof> mixed = wallet.mintLocked(4, List.of(all.secret(), other.secret()));
            assertRefusedBothWays(mixed);
        }
        List<Proof> withPlain = new ArrayList<>(wallet.mintLocked(4, secrets(all, 1)));
        withPlain.addAll(wallet.mint(4));
        assertRefusedBothWays(withPlain);
    }

    private void assertRefusedBothWays(List<Proof> inputs) {
        List<OutputData> outputs = wallet.outputs(List.of(8L));
        for (List<Proof> order : List.of(inputs, inputs.reversed())) {
            List<Proof> signed = signedWhole(order, outputs, "");
            Reply reply = wallet.post(SWAP, wallet.swapRequest(signed, outputs));
            assertEquals(20008, reply.code());
            assertTrue(reply.body().path("detail").textValue().contains("SIG_ALL"));
        }
        assertEquals(List.of("UNSPENT", "UNSPENT"), wallet.states(inputs));
    }

    @Test
    void meltSigAll_bindsQuoteAndBlanks() {
        TestLock lock = TestLock.p2pk(ALICE).with("sigflag", "SIG_ALL");
        List<Proof> locked = wallet.mintLocked(32, secrets(lock, 2));
        String quote = meltQuote();
        String other = meltQuote();
        List<OutputData> blanks = wallet.outputs(List.of(0L, 0L, 0L, 0L, 0L));
        assertEquals(20008, wallet.melt(quote, locked, blanks).code());
        assertEquals(20008, wallet.melt(quote, TestLock.signed(locked, ALICE), blanks).code());
        assertEquals(20008, wallet.melt(quote, signedWhole(locked, blanks, ""), blanks).code());
        List<Proof> signed = signedWhole(locked, blanks, quote);
        assertEquals(20008, wallet.melt(other, signed, blanks).code());
        assertEquals(20008, wallet.melt(quote, signed, blanks.subList(0, 4)).code());
        assertEquals(20008, wallet.melt(quote, signed, List.of()).code());
        assertEquals(List.of("UNSPENT", "UNSPENT"), wallet.states(locked));

        JsonNode paid = wallet.melt(quote, signed, blanks).ok();
        assertEquals("PAID", paid.path("state").textValue());
        long change = 0;
        for (JsonNode signature : paid.path("change")) {
            change += signature.path("amount").longValue();
        }
        assertEquals(64 - 41, change);
        assertEquals(
                signed.getFirst().witness().orElseThrow(),
                witnessOf(locked.getFirst()).textValue());
        assertTrue(witnessOf(locked.get(1)).isNull(), "only the first one had a witness");
        Audit.check(place, CurrencyUnit.SAT, change);
    }

    @Test
    void melt_signedInputs_isPaid() {
        List<Proof> locked = wallet.mintLocked(64, secrets(TestLock.p2pk(ALICE), 1));
        String quote = meltQuote();
        assertEquals(20008, wallet.melt(quote, locked, List.of()).code());
        assertEquals(20008, wallet.melt(quote, TestLock.signed(locked, BOB), List.of()).code());
        JsonNode paid = wallet.melt(quote, TestLock.signed(locked, ALICE), List.of()).ok();
        assertEquals("PAID", paid.path("state").textValue());
    }

    private String meltQuote() {
        String invoice = TestInvoices.of(Msat.ofSat(40), "");
        return wallet.meltQuote(invoice).path("quote").textValue();
    }

    private static List<Proof> signedWhole(
            List<Proof> inputs, List<OutputData> outputs, String quoteId) {
        String message = TestLock.wholeRequest(inputs, outputs, quoteId);
        List<Proof> signed = new ArrayList<>(inputs);
        signed.set(0, TestLock.withWitness(inputs.getFirst(), TestLock.witness(message, ALICE)));
        return signed;
    }

    private static List<String> secrets(TestLock lock, int count) {
        return Stream.generate(lock::secret).limit(count).toList();
    }

    private Reply swap(List<Proof> inputs) {
        List<Long> amounts = inputs.stream().map(Proof::amount).toList();
        return wallet.post(SWAP, wallet.swapRequest(inputs, wallet.outputs(amounts)));
    }

    private JsonNode witnessOf(Proof proof) {
        ObjectNode request = Json.object();
        request.putArray("Ys").add(proof.y().toHex());
        JsonNode state = wallet.post("/v1/checkstate", request).ok().path("states").path(0);
        assertTrue(state.has("witness"));
        return state.path("witness");
    }
}
