package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.quote.OpenMelt;
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
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// What a wallet can choose about a melt: not to wait, an amount, a part; and what it is charged.
final class MeltOptionsTest {

    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(60);

    /// An invoice of the BOLT 11 examples that leaves the amount open.
    private static final String AMOUNTLESS =
            "lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3z"
                    + "ygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pk"
                    + "x2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq9qrs"
                    + "gq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjs"
                    + "rvywa6rt52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql";

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
    void preferAsync_answersBeforeThePaymentEnds() {
        List<Proof> inputs = wallet.mint(64);
        String id = quoteId(TestInvoices.of(Msat.ofSat(40), "{\"pay_wait_ms\":2000}"));
        ObjectNode request = meltRequest(id, inputs).put("prefer_async", true);

        assertEquals(
                "PENDING", wallet.post("/v1/melt/bolt11", request).ok().path("state").asText());

        assertEquals(List.of("PENDING"), wallet.states(inputs));
        JsonNode paid = awaitState(id, "PAID");
        assertEquals(64 - 41, changeSum(paid));
        assertEquals(paid, wallet.post("/v1/melt/bolt11", request).ok(), "replayed");
        Audit.check(place, CurrencyUnit.SAT, 64 - 41);
    }

    @Test
    void preferAsync_ofAFailingPayment_endsUnpaid() {
        List<Proof> inputs = wallet.mint(64);
        String description = "{\"pay_wait_ms\":500,\"pay_invoice_state\":\"FAILED\"}";
        String id = quoteId(TestInvoices.of(Msat.ofSat(40), description));
        ObjectNode request = meltRequest(id, inputs).put("prefer_async", true);
        assertEquals(
                "PENDING", wallet.post("/v1/melt/bolt11", request).ok().path("state").asText());
        assertTrue(awaitState(id, "UNPAID").path("payment_preimage").isNull());
        assertEquals(List.of("UNSPENT"), wallet.states(inputs));
        Audit.check(place, CurrencyUnit.SAT, 64);
    }

    @Test
    void melt_slowerThanTheWait_isAnsweredPending() {
        mint.close();
        mint = place.start(clock, "--fake.pay_delay=0", "--melt.wait=1");
        wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
        List<Proof> inputs = wallet.mint(64);
        String id = quoteId(TestInvoices.of(Msat.ofSat(40), "{\"pay_wait_ms\":2500}"));
        JsonNode answer = wallet.melt(id, inputs, List.of()).ok();
        assertEquals("PENDING", answer.path("state").textValue());
        assertTrue(answer.path("payment_preimage").isNull());
        assertEquals(64, awaitState(id, "PAID").path("payment_preimage").asText().length());
        Audit.check(place, CurrencyUnit.SAT, 0);
    }

    @Test
    void preferAsync_thatIsNoBoolean_isMalformed() {
        List<Proof> inputs = wallet.mint(64);
        String id = quoteId(TestInvoices.of(Msat.ofSat(40), ""));
        ObjectNode request = meltRequest(id, inputs).put("prefer_async", "yes");
        assertEquals(50000, wallet.post("/v1/melt/bolt11", request).code());
        assertEquals(List.of("UNSPENT"), wallet.states(inputs));
    }

    @Test
    void amountless_withAnAmount_paysIt() {
        assertEquals(11011, quote(AMOUNTLESS, Json.object()).code());
        assertEquals(11011, quote(AMOUNTLESS, part(40_000)).code());
        assertEquals(11006, quote(AMOUNTLESS, amountless(0)).code());
        JsonNode quote = quote(AMOUNTLESS, amountless(39_001)).ok();
        assertEquals(40, quote.path("amount").longValue());
        assertEquals(1, quote.path("fee_reserve").longValue());
        List<Proof> inputs = wallet.mint(64);
        List<OutputData> blanks = blanks(5);
        JsonNode paid = wallet.melt(quote.path("quote").textValue(), inputs, blanks).ok();
        assertEquals("PAID", paid.path("state").textValue());
        assertEquals(64 - 41, changeSum(paid));
        Audit.check(place, CurrencyUnit.SAT, 64 - 41);
    }

    @ParameterizedTest
    @CsvSource({
        // invoice of 40 sat; option, msat, code (0: a quote), amount of the quote
        "amountless, 40000, 0,     40",
        "amountless, 39999, 11012, 0",
        "amountless, 40001, 11012, 0",
        "mpp,        40000, 0,     40",
        "mpp,        40001, 11012, 0",
        "mpp,        20000, 0,     20",
        "mpp,        19001, 0,     20",
        "mpp,        0,     11006, 0",
    })
    void options_ofAnInvoiceWithAmount_mustFit(String option, long msat, int code, long amount) {
        ObjectNode options = option.equals("mpp") ? part(msat) : amountless(msat);
        Reply reply = quote(TestInvoices.of(Msat.ofSat(40), ""), options);
        assertEquals(code, reply.code());
        assertEquals(amount, reply.body().path("amount").asLong(0));
    }

    @Test
    void part_ofAnInvoice_isPaid() {
        JsonNode quote = quote(TestInvoices.of(Msat.ofSat(1_000), ""), part(40_000)).ok();
        List<Proof> inputs = wallet.mint(64);
        JsonNode paid = wallet.melt(quote.path("quote").textValue(), inputs, blanks(5)).ok();
        assertEquals(64 - 41, changeSum(paid));
        Audit.check(place, CurrencyUnit.SAT, 64 - 41);
    }

    @Test
    void part_ofAnInvoiceOfOurs_isRefused() {
        mint.close();
        mint = place.start(clock, "--fake.pay_delay=60000");
        wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
        String invoice = wallet.mintQuote(40).path("request").textValue();
        assertEquals(11012, quote(invoice, part(20_000)).code());
        assertEquals(11012, quote(invoice, amountless(20_000)).code());
        JsonNode whole = quote(invoice, part(40_000)).ok();
        assertEquals(40, whole.path("amount").longValue());
        assertEquals(0, whole.path("fee_reserve").longValue());
    }

    @Test
    void options_malformed_areRefused() {
        String invoice = TestInvoices.of(Msat.ofSat(40), "");
        for (String options :
                List.of(
                        "[]",
                        "1",
                        "{\"mpp\":1}",
                        "{\"mpp\":{}}",
                        "{\"mpp\":{\"amount\":-1}}",
                        "{\"mpp\":{\"amount\":1.5}}",
                        "{\"amountless\":{\"amount_msat\":\"1\"}}",
                        "{\"amountless\":{\"amount\":1}}")) {
            assertEquals(50000, quote(invoice, Json.parse(options)).code(), options);
        }
    }

    @Test
    void feeReserve_ofPlayMoney_isItsOwn() {
        mint.close();
        mint =
                place.start(
                        clock,
                        "--melt.fee_percent=30",
                        "--melt.fee_min=70000",
                        "--fake.fee_reserve_percent=2",
                        "--fake.fee_reserve_min=3");
        wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
        assertEquals(3, feeReserve(wallet, 10));
        assertEquals(21, feeReserve(wallet, 1_001));
    }

    @Test
    void invoice_ofAnotherNetwork_isRefused() {
        Reply refused = quote(TestInvoices.ofTestNetwork(Msat.ofSat(40)), Json.object());
        assertEquals(400, refused.status());
        assertEquals(50000, refused.code());
        assertTrue(refused.body().path("detail").asText().contains("another network"));
    }

    @Test
    void fee_aboveTheReserve_isTheMintsLossAndStopsMelting() {
        List<Proof> inputs = wallet.mint(64);
        String id = quoteId(TestInvoices.of(Msat.ofSat(40), "{\"fee_msat\":4000}"));
        String waiting = quoteId(TestInvoices.of(Msat.ofSat(40), ""));

        JsonNode paid = wallet.melt(id, inputs, blanks(5)).ok();

        assertEquals(64 - 41, changeSum(paid), "the wallet pays the reserve and no more");
        assertEquals(Msat.ofSat(3), mint.meltControl().loss());
        assertTrue(mint.meltControl().tripped().isPresent());
        List<Proof> kept = wallet.mint(64);
        assertEquals(20003, wallet.melt(waiting, kept, List.of()).code());
        assertEquals(20003, quote(TestInvoices.of(Msat.ofSat(4), ""), Json.object()).code());
        assertEquals(List.of("UNSPENT"), wallet.states(kept));
        try (Mint other = place.start(clock, "--fake.pay_delay=60000")) {
            assertTrue(other.meltControl().tripped().isPresent(), "it holds for all processes");
            assertTrue(other.meltControl().resume());
            assertFalse(other.meltControl().resume());
        }
        assertEquals(200, wallet.melt(waiting, kept, List.of()).status());
        Audit.check(place, CurrencyUnit.SAT, 64 - 41);
    }

    @Test
    void unknownPayments_moreThanAllowed_stopMelting() {
        mint.close();
        mint = place.start(clock, "--fake.pay_delay=0", "--melt.unknown_max=1");
        wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
        String lost = "{\"pay_lost\":true,\"check_err\":true}";
        for (int i = 0; i < 2; i++) {
            String id = quoteId(TestInvoices.of(Msat.ofSat(4), lost));
            assertEquals(200, wallet.melt(id, wallet.mint(8), List.of()).status());
        }
        assertTrue(mint.meltControl().tripped().isPresent());
        List<OpenMelt> open = mint.meltControl().open(10);
        assertEquals(2, open.size());
        assertEquals(Optional.of("UNKNOWN"), open.getFirst().outcome());
        assertEquals(Optional.of("fake"), open.getFirst().nodeId());
        assertEquals(20003, quote(TestInvoices.of(Msat.ofSat(4), ""), Json.object()).code());
        assertTrue(mint.meltControl().resume());
        clock.advance(Duration.ofMinutes(1));
        String id = quoteId(TestInvoices.of(Msat.ofSat(4), ""));
        assertEquals(200, wallet.melt(id, wallet.mint(8), List.of()).status());
        Audit.check(place, CurrencyUnit.SAT, 16);
    }

    @Test
    void lostAnswer_ofAPaymentThatWasMade_isFoundAtOnce() {
        String id = quoteId(TestInvoices.of(Msat.ofSat(40), "{\"pay_lost\":true}"));
        JsonNode paid = wallet.melt(id, wallet.mint(64), blanks(5)).ok();
        assertEquals("PAID", paid.path("state").textValue());
        assertEquals(64 - 41, changeSum(paid));
    }

    @ParameterizedTest
    @CsvSource({"FAILED", "UNPAID"})
    void staleLookUp_thenPaid_isPaidOnce(String stale) {
        mint.close();
        mint = place.start(clock, "--fake.pay_delay=0", "--melt.confirm=5000");
        wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
        String description =
                "{\"pay_lost\":true,\"settle_delay_ms\":4000,\"unsettled_state\":\"%s\"}"
                        .formatted(stale);
        List<Proof> inputs = wallet.mint(64);
        String id = quoteId(TestInvoices.of(Msat.ofSat(40), description));
        ObjectNode request = meltRequest(id, inputs).put("prefer_async", true);
        assertEquals(200, wallet.post("/v1/melt/bolt11", request).status());
        assertEquals(List.of("PENDING"), wallet.states(inputs));
        clock.advance(Duration.ofMinutes(2));
        JsonNode paid = awaitState(id, "PAID");
        assertEquals(64 - 41, changeSum(paid));
        assertEquals(1, Audit.number(place, "SELECT count(*) FROM fake_payment"));
        Audit.check(place, CurrencyUnit.SAT, 64 - 41);
    }

    @Test
    void info_saysWhatCanBeChosen() {
        JsonNode nuts = wallet.get("/v1/info").ok().path("nuts");
        JsonNode melt = nuts.path("5").path("methods").path(0);
        assertTrue(melt.path("options").path("amountless").booleanValue());
        assertEquals("bolt11", nuts.path("15").path("methods").path(0).path("method").asText());
    }

    private ObjectNode meltRequest(String quoteId, List<Proof> inputs) {
        ObjectNode request = wallet.withInputs(Json.object().put("quote", quoteId), inputs);
        return wallet.withOutputs(request, blanks(5));
    }

    private Reply quote(String invoice, JsonNode options) {
        ObjectNode request = Json.object().put("request", invoice).put("unit", "sat");
        request.set("options", options);
        return wallet.post("/v1/melt/quote/bolt11", request);
    }

    private String quoteId(String invoice) {
        return wallet.meltQuote(invoice).path("quote").textValue();
    }

    private static long feeReserve(TestWallet wallet, long sat) {
        return wallet.meltQuote(TestInvoices.of(Msat.ofSat(sat), ""))
                .path("fee_reserve")
                .longValue();
    }

    private static ObjectNode amountless(long msat) {
        ObjectNode options = Json.object();
        options.putObject("amountless").put("amount_msat", msat);
        return options;
    }

    private static ObjectNode part(long msat) {
        ObjectNode options = Json.object();
        options.putObject("mpp").put("amount", msat);
        return options;
    }

    private List<OutputData> blanks(int count) {
        return wallet.outputs(Collections.nCopies(count, 1L));
    }

    private static long changeSum(JsonNode paid) {
        return paid.path("change")
                .valueStream()
                .mapToLong(signature -> signature.path("amount").longValue())
                .sum();
    }

    private JsonNode awaitState(String quoteId, String state) {
        long deadline = System.nanoTime() + SETTLED_WITHIN.toNanos();
        while (true) {
            JsonNode quote = wallet.get("/v1/melt/quote/bolt11/" + quoteId).ok();
            if (quote.path("state").textValue().equals(state)) {
                return quote;
            }
            assertTrue(System.nanoTime() < deadline, "the quote stays " + quote.path("state"));
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
