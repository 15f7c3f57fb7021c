package me.owlrun.mint;

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
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.mint.testing.TestWallet.Reply;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// Melts (NUT-05, NUT-08) on every way a payment can go, in sat unless said otherwise.
final class MeltTest {

    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(20);

    private final TestMint place = TestMint.fresh();
    private final TestClock clock = new TestClock(Instant.parse("2026-11-21T12:00:00Z"));

    private Mint mint;
    private TestWallet wallet;

    @BeforeEach
    void start() {
        mint = place.start(clock, "--fake.pay_delay=0");
        wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
    }

    @AfterEach
    void stop() {
        mint.close();
    }

    @Test
    void melt_foreignInvoice_paysAndGivesChange() {
        List<Proof> inputs = wallet.mint(128);
        JsonNode quote = wallet.meltQuote(TestInvoices.of(Msat.ofSat(100), ""));
        assertEquals(100, quote.path("amount").longValue());
        assertEquals(1, quote.path("fee_reserve").longValue());
        assertEquals("UNPAID", quote.path("state").textValue());
        String id = quote.path("quote").textValue();

        List<OutputData> blanks = blanks(5);
        JsonNode paid = wallet.melt(id, inputs, blanks).ok();

        assertEquals("PAID", paid.path("state").textValue());
        assertEquals(64, paid.path("payment_preimage").textValue().length());
        List<Proof> change = change(paid, blanks);
        assertEquals(27, TestWallet.sum(change));
        assertEquals(List.of("SPENT"), wallet.states(inputs));
        assertEquals(paid, wallet.get("/v1/melt/quote/bolt11/" + id).ok());
        assertEquals(27, TestWallet.sum(wallet.swap(change, List.of(1L, 2L, 8L, 16L))));
        Audit.check(place, CurrencyUnit.SAT, 27);
    }

    @Test
    void melt_tooFewBlanks_givesTheLargestParts() {
        List<Proof> inputs = wallet.mint(128);
        String id = meltQuote(100, "");
        List<OutputData> blanks = blanks(2);
        JsonNode paid = wallet.melt(id, inputs, blanks).ok();
        assertEquals(16 + 8, TestWallet.sum(change(paid, blanks)));
        Audit.check(place, CurrencyUnit.SAT, 24);
    }

    @Test
    void melt_repeated_answersTheSameAndPaysOnce() {
        List<Proof> inputs = wallet.mint(128);
        String id = meltQuote(100, "");
        List<OutputData> blanks = blanks(5);
        JsonNode first = wallet.melt(id, inputs, blanks).ok();
        assertEquals(first, wallet.melt(id, inputs, blanks).ok());
        restart();
        assertEquals(first, wallet.melt(id, inputs, blanks).ok());
        assertEquals(20006, wallet.melt(id, wallet.mint(128), List.of()).code());
        Audit.check(place, CurrencyUnit.SAT, 27 + 128);
    }

    @ParameterizedTest
    @CsvSource({"FAILED,FAILED", "UNPAID,UNPAID", "FAILED,UNPAID", "UNKNOWN,FAILED"})
    void melt_certainFailure_givesInputsBack(String pay, String check) {
        List<Proof> inputs = wallet.mint(64);
        String invoice = TestInvoices.of(Msat.ofSat(40), script(pay, check));
        String id = wallet.meltQuote(invoice).path("quote").textValue();
        List<OutputData> blanks = blanks(4);

        Reply failed = wallet.melt(id, inputs, blanks);

        assertEquals(400, failed.status());
        assertEquals(20004, failed.code());
        assertEquals(List.of("UNSPENT"), wallet.states(inputs));
        assertEquals("UNPAID", state(id));
        assertEquals(200, wallet.post("/v1/swap", swap(inputs)).status());
        Audit.check(place, CurrencyUnit.SAT, 64);
    }

    @ParameterizedTest
    @CsvSource({"PENDING,PENDING", "UNKNOWN,UNKNOWN", "FAILED,PENDING", "UNKNOWN,UNPAID"})
    void melt_nobodyKnows_staysPendingAndHoldsInputs(String pay, String check) {
        List<Proof> inputs = wallet.mint(64);
        String id = meltQuote(40, script(pay, check));
        List<OutputData> blanks = blanks(4);

        assertEquals("PENDING", wallet.melt(id, inputs, blanks).ok().path("state").textValue());

        assertEquals(List.of("PENDING"), wallet.states(inputs));
        assertEquals(11002, wallet.post("/v1/swap", swap(inputs)).code());
        assertEquals("PENDING", wallet.melt(id, inputs, blanks).ok().path("state").textValue());
        assertEquals(20005, wallet.melt(id, wallet.mint(64), List.of()).code());
        Reply signed =
                wallet.post(
                        "/v1/swap",
                        wallet.withOutputs(
                                wallet.withInputs(Json.object(), wallet.mint(1)),
                                List.of(blanks.getFirst())));
        assertEquals(11004, signed.code());
        awaitChecks(id, 3);
        assertEquals("PENDING", state(id));
        Audit.check(place, CurrencyUnit.SAT, 64 + 64 + 1);
    }

    @Test
    void melt_paidOnlyWhenLookedUp_isPaidAtOnce() {
        List<Proof> inputs = wallet.mint(64);
        String id = meltQuote(40, script("FAILED", "PAID"));
        assertEquals("PAID", wallet.melt(id, inputs, blanks(5)).ok().path("state").textValue());
        Audit.check(place, CurrencyUnit.SAT, 64 - 41);
    }

    @Test
    void melt_settlesAfterRestart_givesChange() {
        List<Proof> inputs = wallet.mint(64);
        String description =
                "{\"pay_invoice_state\":\"PENDING\",\"check_payment_state\":\"PAID\","
                        + "\"settle_delay_ms\":30000}";
        String id = meltQuote(40, description);
        List<OutputData> blanks = blanks(5);
        assertEquals("PENDING", wallet.melt(id, inputs, blanks).ok().path("state").textValue());
        restart();
        assertEquals("PENDING", state(id));

        clock.advance(Duration.ofMinutes(5));
        JsonNode paid = awaitState(id, "PAID");

        assertEquals(64 - 41, TestWallet.sum(change(paid, blanks)));
        assertEquals(List.of("SPENT"), wallet.states(inputs));
        Audit.check(place, CurrencyUnit.SAT, 23);
    }

    @Test
    void melt_failsAfterRestart_givesInputsBack() {
        List<Proof> inputs = wallet.mint(64);
        String description =
                "{\"pay_invoice_state\":\"PENDING\",\"check_payment_state\":\"FAILED\","
                        + "\"settle_delay_ms\":30000}";
        String id = meltQuote(40, description);
        assertEquals("PENDING", wallet.melt(id, inputs, List.of()).ok().path("state").textValue());
        restart();
        clock.advance(Duration.ofMinutes(5));
        JsonNode unpaid = awaitState(id, "UNPAID");
        assertTrue(unpaid.path("payment_preimage").isNull());
        assertEquals(List.of("UNSPENT"), wallet.states(inputs));
        Audit.check(place, CurrencyUnit.SAT, 64);
    }

    @Test
    void melt_backendThrows_staysPending() {
        List<Proof> inputs = wallet.mint(64);
        String id = meltQuote(40, "{\"check_err\":true,\"pay_invoice_state\":\"UNKNOWN\"}");
        assertEquals("PENDING", wallet.melt(id, inputs, List.of()).ok().path("state").textValue());
        String other = meltQuote(4, "{\"pay_err\":true}");
        assertEquals(
                "PENDING",
                wallet.melt(other, wallet.mint(8), List.of()).ok().path("state").textValue());
        Audit.check(place, CurrencyUnit.SAT, 72);
    }

    @Test
    void melt_oneInvoiceTwoQuotes_paysOnce() {
        String invoice = TestInvoices.of(Msat.ofSat(40), "");
        String first = wallet.meltQuote(invoice).path("quote").textValue();
        String second =
                wallet.meltQuote(invoice.toUpperCase(Locale.ROOT)).path("quote").textValue();
        assertEquals(200, wallet.melt(first, wallet.mint(41), List.of()).status());
        List<Proof> kept = wallet.mint(41);
        assertEquals(20006, wallet.melt(second, kept, List.of()).code());
        assertEquals("UNSPENT", wallet.states(kept).getFirst());
        Audit.check(place, CurrencyUnit.SAT, 41);
    }

    @Test
    void melt_ownInvoice_settlesBetweenUnits() {
        restart("--fake.pay_delay=60000");
        TestWallet msat = new TestWallet(mint.url(), CurrencyUnit.MSAT);
        List<Proof> inputs = paidSats(8);
        JsonNode payee = msat.mintQuote(5_000);
        String invoice = payee.path("request").textValue();
        JsonNode quote = wallet.meltQuote(invoice);
        assertEquals(5, quote.path("amount").longValue());
        assertEquals(0, quote.path("fee_reserve").longValue());
        clock.advance(Duration.ofMinutes(5));

        List<OutputData> blanks = blanks(2);
        JsonNode paid = wallet.melt(quote.path("quote").textValue(), inputs, blanks).ok();

        assertEquals("PAID", paid.path("state").textValue());
        assertEquals(3, TestWallet.sum(change(paid, blanks)));
        PaymentHash hash = InvoiceReader.read(invoice).orElseThrow().paymentHash();
        byte[] preimage = HexFormat.of().parseHex(paid.path("payment_preimage").textValue());
        assertEquals(hash, PaymentHash.ofPreimage(preimage));
        String payeeId = payee.path("quote").textValue();
        assertEquals("PAID", msat.mintQuote(payeeId).path("state").textValue());
        assertEquals(5_000, TestWallet.sum(msat.mint(payeeId, 5_000)));
        Audit.check(place, CurrencyUnit.SAT, 3);
        Audit.check(place, CurrencyUnit.MSAT, 5_000);
    }

    @Test
    void melt_ownInvoicePaidMeanwhile_refuses() {
        JsonNode payee = wallet.mintQuote(5);
        Reply refused =
                wallet.post(
                        "/v1/melt/quote/bolt11",
                        Json.object()
                                .put("request", payee.path("request").textValue())
                                .put("unit", "sat"));
        assertEquals(20006, refused.code());
    }

    @Test
    void melt_badRequests_getTheirCodes() {
        List<Proof> inputs = wallet.mint(64);
        String id = meltQuote(64, "");
        assertEquals(11005, wallet.melt(id, inputs, List.of()).code());
        TestWallet msat = new TestWallet(mint.url(), CurrencyUnit.MSAT);
        assertEquals(11010, wallet.melt(id, msat.mint(64), List.of()).code());
        assertEquals(11010, wallet.melt(id, inputs, msat.outputs(List.of(1L))).code());
        assertEquals(
                50000,
                wallet.melt("019e6d5a-2347-7000-80fe-07ae8fa79774", inputs, List.of()).code());
        assertEquals(11007, wallet.melt(id, twice(inputs), List.of()).code());
        assertEquals(11005, wallet.melt(id, List.of(), List.of()).code());
        String small = meltQuote(10, "");
        clock.advance(Duration.ofHours(1));
        assertEquals(20007, wallet.melt(small, inputs, List.of()).code());
        assertEquals(List.of("UNSPENT"), wallet.states(inputs));
        Audit.check(place, CurrencyUnit.SAT, 64);
    }

    private String meltQuote(long sat, String description) {
        return wallet.meltQuote(TestInvoices.of(Msat.ofSat(sat), description))
                .path("quote")
                .textValue();
    }

    private static String script(String pay, String check) {
        return "{\"pay_invoice_state\":\"%s\",\"check_payment_state\":\"%s\"}"
                .formatted(pay, check);
    }

    private void restart(String... flags) {
        mint.close();
        mint = place.start(clock, flags.length == 0 ? new String[] {"--fake.pay_delay=0"} : flags);
        wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
    }

    private List<Proof> paidSats(long amount) {
        JsonNode quote = wallet.mintQuote(amount);
        clock.advance(Duration.ofMinutes(2));
        String id = quote.path("quote").textValue();
        wallet.awaitPaid(id);
        return wallet.mint(id, amount);
    }

    private List<OutputData> blanks(int count) {
        return wallet.outputs(Collections.nCopies(count, 1L));
    }

    /// The change in an answer, each signature matched with its blank.
    private List<Proof> change(JsonNode answer, List<OutputData> blanks) {
        List<BlindSignature> signatures =
                CashuJson.list(answer, "change", blanks.size(), CashuJson::blindSignature);
        List<Proof> change = new ArrayList<>();
        for (int i = 0; i < signatures.size(); i++) {
            OutputData blank = blanks.get(i);
            OutputData filled =
                    new OutputData(
                            signatures.get(i).amount(),
                            blank.keysetId(),
                            blank.secret(),
                            blank.r());
            change.add(filled.unblind(signatures.get(i), wallet.keyset()));
        }
        return change;
    }

    private ObjectNode swap(List<Proof> inputs) {
        return wallet.swapRequest(
                inputs, wallet.outputs(inputs.stream().map(Proof::amount).toList()));
    }

    private static List<Proof> twice(List<Proof> proofs) {
        List<Proof> all = new ArrayList<>(proofs);
        all.addAll(proofs);
        return all;
    }

    private String state(String quoteId) {
        return wallet.get("/v1/melt/quote/bolt11/" + quoteId).ok().path("state").textValue();
    }

    /// Waits until the mint has looked after a pending payment that often.
    private void awaitChecks(String quoteId, int checks) {
        long deadline = System.nanoTime() + SETTLED_WITHIN.toNanos();
        String query = "SELECT checks FROM melt_attempt WHERE quote_id = '" + quoteId + "'";
        while (Audit.number(place, query) < checks) {
            clock.advance(Duration.ofMinutes(2));
            assertTrue(System.nanoTime() < deadline, "nobody looks after the payment");
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private JsonNode awaitState(String quoteId, String state) {
        long deadline = System.nanoTime() + SETTLED_WITHIN.toNanos();
        while (!state(quoteId).equals(state)) {
            assertTrue(System.nanoTime() < deadline, "the quote stays " + state(quoteId));
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        return wallet.get("/v1/melt/quote/bolt11/" + quoteId).ok();
    }
}
