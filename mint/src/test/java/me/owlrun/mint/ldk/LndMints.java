package me.owlrun.mint.ldk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.money.Msat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Mints of real money on one database, in front of our node of a pair, with what it takes to hold
/// their books against what the node has.
final class LndMints implements AutoCloseable {

    static final String SEND = "/v2/router/send";
    static final long AMOUNT_SAT = 1_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL_EVERY = Duration.ofMillis(20);

    /// Enough for the change of any amount here.
    private static final int BLANKS = 24;

    final LdkPair pair = LdkPair.shared();
    final TestMint place = TestMint.fresh();

    private final List<Mint> started = new ArrayList<>();
    private final List<String> flags;
    private final long balanceBefore = pair.balanceMsat();
    private final long paidBefore = pair.worldPaidCount();
    private LndFront front = LndFront.startTls(pair);

    LndMints() {
        try {
            Path folder = Files.createTempDirectory("lnd-mint");
            Path certificate =
                    Files.writeString(folder.resolve("tls.cert"), front.certificatePem());
            Path macaroon =
                    Files.write(
                            folder.resolve("mint.macaroon"),
                            HexFormat.of().parseHex(front.macaroonHex()));
            this.flags =
                    List.of(
                            "--network=bitcoin",
                            "--lightning=lnd",
                            "--lightning.url=" + front.address(),
                            "--lightning.certificate=" + certificate,
                            "--lightning.credential=" + macaroon,
                            "--melt.confirm=5000");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LndFront front() {
        return front;
    }

    /// The node's REST goes away.
    void nodeGoes() {
        front.close();
    }

    /// It is back at the same address.
    void nodeComesBack() {
        front = LndFront.startTlsAt(pair, front.address().getPort());
    }

    /// How often the world was paid since this began.
    long worldPaid() {
        return pair.worldPaidCount() - paidBefore;
    }

    /// Starts one more mint.
    Mint start(String... more) {
        return start(Clock.systemUTC(), more);
    }

    /// Starts one more mint, with a clock of its own.
    Mint start(Clock clock, String... more) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(Arrays.asList(more));
        Mint mint = place.start(clock, all.toArray(String[]::new));
        started.add(mint);
        return mint;
    }

    /// Stops a mint before the end of the test.
    void stop(Mint mint) {
        started.remove(mint);
        mint.close();
    }

    /// New ecash for a real payment of the world.
    List<Proof> fund(TestWallet wallet, long amount) {
        JsonNode quote = wallet.mintQuote(amount);
        worldPays(quote);
        String id = quote.path("quote").textValue();
        wallet.awaitPaid(id);
        return wallet.mint(id, amount);
    }

    /// The world pays the invoice of a mint quote.
    void worldPays(JsonNode quote) {
        SentPayment sent = pair.worldPays(quote.path("request").textValue());
        assertEquals(SentPayment.Status.SUCCEEDED, sent.status());
    }

    /// Waits until the books have this credit, without asking the mint.
    void awaitCredit(JsonNode quote, long amount) {
        await("the credit", () -> credit(quote) == amount);
    }

    /// What a mint quote was credited so far, without asking the mint.
    long credit(JsonNode quote) {
        return Audit.number(
                place,
                "SELECT amount_paid FROM mint_quote WHERE id = '%s'"
                        .formatted(quote.path("quote").textValue()));
    }

    /// Waits until a mint has looked after a payment that often.
    void awaitChecks(String quoteId, int checks) {
        String query = "SELECT checks FROM melt_attempt WHERE quote_id = '%s'".formatted(quoteId);
        await("a look-up", () -> Audit.number(place, query) >= checks);
    }

    static TestWallet sats(Mint mint) {
        return new TestWallet(mint.url(), CurrencyUnit.SAT);
    }

    static String id(JsonNode quote) {
        return quote.path("quote").textValue();
    }

    static List<OutputData> blanks(TestWallet wallet) {
        return wallet.outputs(Collections.nCopies(BLANKS, 1L));
    }

    static JsonNode quote(TestWallet wallet, String quoteId) {
        return wallet.get("/v1/melt/quote/bolt11/" + quoteId).ok();
    }

    static JsonNode awaitState(TestWallet wallet, String quoteId, String state) {
        await(state, () -> quote(wallet, quoteId).path("state").textValue().equals(state));
        return quote(wallet, quoteId);
    }

    /// The change in the answer to a melt.
    static List<Proof> change(TestWallet wallet, JsonNode answer, List<OutputData> blanks) {
        List<BlindSignature> signatures =
                CashuJson.list(answer, "change", blanks.size(), CashuJson::blindSignature);
        List<Proof> change = new ArrayList<>();
        for (int i = 0; i < signatures.size(); i++) {
            OutputData blank = blanks.get(i);
            long amount = signatures.get(i).amount();
            OutputData filled = new OutputData(amount, blank.keysetId(), blank.secret(), blank.r());
            change.add(filled.unblind(signatures.get(i), wallet.keyset()));
        }
        return change;
    }

    static void assertProof(String invoice, JsonNode paid) {
        byte[] preimage = HexFormat.of().parseHex(paid.path("payment_preimage").textValue());
        assertEquals(hash(invoice), PaymentHash.ofPreimage(preimage));
    }

    static PaymentHash hash(String invoice) {
        return InvoiceReader.read(invoice).orElseThrow().paymentHash();
    }

    /// A payment of [#AMOUNT_SAT] that cost nothing, out of inputs of twice as much, ends: it was
    /// made once and half of the inputs is change.
    ///
    /// @param more what wallets hold beside the change
    void assertSettled(TestWallet wallet, Payment payment, long more) {
        JsonNode paid = awaitState(wallet, payment.quoteId(), "PAID");
        assertProof(payment.invoice(), paid);
        assertEquals(AMOUNT_SAT, TestWallet.sum(change(wallet, paid, payment.blanks())));
        assertEquals(1, worldPaid());
        assertBooks(AMOUNT_SAT + more, 0);
    }

    /// A melt that is about to be made, of inputs of twice [#AMOUNT_SAT].
    record Payment(String invoice, String quoteId, List<Proof> inputs, List<OutputData> blanks) {

        PaymentHash hash() {
            return LndMints.hash(invoice);
        }
    }

    /// Funds a melt of an invoice of the world's and quotes it.
    Payment payment(TestWallet wallet, Reception reception) {
        return payment(wallet, reception, fund(wallet, 2 * AMOUNT_SAT));
    }

    /// Quotes a melt of an invoice of the world's.
    Payment payment(TestWallet wallet, Reception reception, List<Proof> inputs) {
        String invoice = pair.worldInvoice(Msat.ofSat(AMOUNT_SAT), "for sale", reception);
        return new Payment(invoice, id(wallet.meltQuote(invoice)), inputs, blanks(wallet));
    }

    /// Begins a melt and does not wait for its end.
    static void meltLater(TestWallet wallet, Payment payment) {
        ObjectNode request =
                wallet.withInputs(
                        Json.object().put("quote", payment.quoteId()).put("prefer_async", true),
                        payment.inputs());
        JsonNode answer =
                wallet.post("/v1/melt/bolt11", wallet.withOutputs(request, payment.blanks())).ok();
        assertEquals("PENDING", answer.path("state").textValue());
    }

    /// Makes a melt whose answer is *pending*.
    static void meltPending(TestWallet wallet, Payment payment) {
        JsonNode answer = wallet.melt(payment.quoteId(), payment.inputs(), payment.blanks()).ok();
        assertEquals("PENDING", answer.path("state").textValue());
    }

    /// The audit is clean, and what the node gained or lost is what wallets gained or lost.
    void assertBooks(long heldSat, long heldMsat) {
        Audit.check(place, CurrencyUnit.SAT, heldSat);
        Audit.check(place, CurrencyUnit.MSAT, heldMsat);
        pair.awaitBalance(balanceBefore + heldSat * 1000 + heldMsat);
    }

    static void await(String what, BooleanSupplier so) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!so.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "waited too long for " + what);
            LockSupport.parkNanos(POLL_EVERY.toNanos());
        }
    }

    /// Closes the mints, then the front.
    @Override
    public void close() {
        started.forEach(Mint::close);
        front.close();
    }
}
