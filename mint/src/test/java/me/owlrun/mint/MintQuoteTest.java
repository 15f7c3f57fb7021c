package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.mint.testing.TestWallet.Reply;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// Mint quotes and the issue of their ecash (NUT-04, NUT-23).
final class MintQuoteTest {

    private static final String QUOTE = "/v1/mint/quote/bolt11";
    private static final String MINT = "/v1/mint/bolt11";

    private final TestMint place = TestMint.fresh();
    private final TestClock clock = new TestClock(Instant.parse("2026-11-21T12:00:00Z"));

    private Mint mint;
    private TestWallet wallet;

    @BeforeEach
    void start() {
        mint = place.start(clock, "--fake.pay_delay=5000");
        wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
    }

    @AfterEach
    void stop() {
        mint.close();
    }

    @Test
    void quote_fresh_hasEveryField() {
        ObjectNode request =
                Json.object().put("amount", 21).put("unit", "sat").put("description", "owl");
        JsonNode quote = wallet.post(QUOTE, request).ok();
        assertEquals("bolt11", quote.path("method").textValue());
        assertEquals("sat", quote.path("unit").textValue());
        assertEquals(21, quote.path("amount").longValue());
        assertEquals("UNPAID", quote.path("state").textValue());
        assertEquals(0, quote.path("amount_paid").longValue());
        assertTrue(quote.path("amount_paid").isIntegralNumber());
        assertTrue(quote.path("amount_issued").isIntegralNumber());
        long now = clock.instant().getEpochSecond();
        assertEquals(now, quote.path("updated_at").longValue());
        assertEquals(now + 3_600, quote.path("expiry").longValue());
        UUID id = UUID.fromString(quote.path("quote").textValue());
        assertEquals(7, id.version());
        assertEquals(2, id.variant());
        assertEquals(clock.millis(), id.getMostSignificantBits() >>> 16);

        Invoice invoice = InvoiceReader.read(quote.path("request").textValue()).orElseThrow();
        assertEquals("bc", invoice.network());
        assertEquals(Optional.of(Msat.ofSat(21)), invoice.amount());
        assertEquals("owl", invoice.description());
        assertEquals(clock.instant().plusSeconds(3_600), invoice.expiresAt());
        assertEquals(quote, wallet.mintQuote(id.toString()));
    }

    @Test
    void quote_msat_takesOddAmounts() {
        TestWallet msat = new TestWallet(mint.url(), CurrencyUnit.MSAT);
        JsonNode quote = msat.mintQuote(1_234_567);
        Invoice invoice = InvoiceReader.read(quote.path("request").textValue()).orElseThrow();
        assertEquals(Optional.of(Msat.of(1_234_567)), invoice.amount());
        clock.advance(Duration.ofSeconds(6));
        assertEquals(
                1_234_567, TestWallet.sum(msat.mint(quote.path("quote").textValue(), 1_234_567)));
        Audit.check(place, CurrencyUnit.MSAT, 1_234_567);
    }

    @Test
    void quote_badRequests_getTheirCodes() {
        assertEquals(11006, request("{\"amount\":0,\"unit\":\"sat\"}"));
        assertEquals(11006, request("{\"amount\":1000001,\"unit\":\"sat\"}"));
        assertEquals(11006, request("{\"amount\":1000000001,\"unit\":\"msat\"}"));
        assertEquals(11013, request("{\"amount\":1,\"unit\":\"usd\"}"));
        assertEquals(50000, request("{\"amount\":-1,\"unit\":\"sat\"}"));
        assertEquals(50000, request("{\"amount\":1.5,\"unit\":\"sat\"}"));
        assertEquals(50000, request("{\"amount\":\"1\",\"unit\":\"sat\"}"));
        assertEquals(50000, request("{\"amount\":1}"));
        assertEquals(50000, request("{\"unit\":\"sat\"}"));
        assertEquals(50000, request("[]"));
        assertEquals(50000, request("{"));
        assertEquals(50000, request("{\"amount\":1,\"amount\":1,\"unit\":\"sat\"}"));
        assertEquals(20009, request("{\"amount\":1,\"unit\":\"sat\",\"pubkey\":\"02ab\"}"));
        assertEquals(20009, request("{\"amount\":1,\"unit\":\"sat\",\"pubkey\":\"\"}"));
        String longText = "x".repeat(640);
        assertEquals(
                50000,
                request("{\"amount\":1,\"unit\":\"sat\",\"description\":\"" + longText + "\"}"));
        assertEquals(50000, wallet.get(QUOTE + "/" + new UUID(0x7000, 1L << 63)).code());
        assertEquals(50000, wallet.get(QUOTE + "/nonsense").code());
    }

    @Test
    void mint_beforePaid_refusesAndThenIssuesOnce() {
        String id = wallet.mintQuote(21).path("quote").textValue();
        List<OutputData> outputs = wallet.outputs(List.of(1L, 4L, 16L));
        ObjectNode request = wallet.withOutputs(Json.object().put("quote", id), outputs);
        assertEquals(20001, wallet.post(MINT, request).code());

        clock.advance(Duration.ofSeconds(5));
        JsonNode paid = wallet.mintQuote(id);
        assertEquals("PAID", paid.path("state").textValue());
        assertEquals(21, paid.path("amount_paid").longValue());
        assertEquals(11005, mint(id, List.of(1L)).code());
        assertEquals(11005, mint(id, List.of(32L)).code());
        assertEquals(11006, mint(id, List.of(21L)).code());

        JsonNode answer = wallet.post(MINT, request).ok();
        assertEquals(21, TestWallet.sum(wallet.unblind(outputs, answer)));
        JsonNode issued = wallet.mintQuote(id);
        assertEquals("ISSUED", issued.path("state").textValue());
        assertEquals(21, issued.path("amount_issued").longValue());
        assertEquals(20002, mint(id, List.of(1L, 4L, 16L)).code());

        stop();
        start();
        assertEquals(answer, wallet.post(MINT, request).ok());
        assertEquals(issued, wallet.mintQuote(id));
        Audit.check(place, CurrencyUnit.SAT, 21);
    }

    @Test
    void mint_paidLongAfterExpiry_stillIssues() {
        stop();
        mint = place.start(clock, "--fake.pay_delay=5000", "--mint.invoice_expiry=60");
        wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
        String id = wallet.mintQuote(21).path("quote").textValue();
        clock.advance(Duration.ofDays(30));
        assertEquals(21, TestWallet.sum(wallet.mint(id, 21)));
        Audit.check(place, CurrencyUnit.SAT, 21);
    }

    @Test
    void mint_paidWhileTheMintWasDown_issues() {
        String id = wallet.mintQuote(21).path("quote").textValue();
        stop();
        clock.advance(Duration.ofMinutes(1));
        start();
        assertEquals(21, TestWallet.sum(wallet.mint(id, 21)));
    }

    @Test
    void mint_otherUnitOrOutputs_isRefused() {
        TestWallet msat = new TestWallet(mint.url(), CurrencyUnit.MSAT);
        String id = wallet.mintQuote(4).path("quote").textValue();
        String second = wallet.mintQuote(4).path("quote").textValue();
        clock.advance(Duration.ofSeconds(5));
        ObjectNode quote = Json.object().put("quote", id);
        assertEquals(
                11010,
                wallet.post(MINT, msat.withOutputs(quote, msat.outputs(List.of(4L)))).code());
        List<OutputData> outputs = wallet.outputs(List.of(4L));
        assertEquals(200, wallet.post(MINT, wallet.withOutputs(quote, outputs)).status());
        ObjectNode again = wallet.withOutputs(Json.object().put("quote", second), outputs);
        assertEquals(11003, wallet.post(MINT, again).code());
        assertEquals("PAID", wallet.mintQuote(second).path("state").textValue());
        Audit.check(place, CurrencyUnit.SAT, 4);
    }

    @Test
    void mint_differentOutputsAtOnce_issuesOnce() throws Exception {
        String id = wallet.mintQuote(16).path("quote").textValue();
        clock.advance(Duration.ofSeconds(5));
        List<Integer> codes = new ArrayList<>();
        try (ExecutorService racers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> futures =
                    IntStream.range(0, 8)
                            .mapToObj(_ -> racers.submit(() -> mint(id, List.of(16L))))
                            .toList();
            for (Future<Reply> future : futures) {
                codes.add(future.get().code());
            }
        }
        assertEquals(1, codes.stream().filter(code -> code == 0).count());
        assertEquals(7, codes.stream().filter(code -> code == 20002).count());
        Audit.check(place, CurrencyUnit.SAT, 16);
    }

    @Test
    void quote_script_keepsTheInvoiceUnpaid() {
        ObjectNode request =
                Json.object()
                        .put("amount", 21)
                        .put("unit", "sat")
                        .put("description", "{\"pay_delay_ms\":-1}");
        String id = wallet.post(QUOTE, request).ok().path("quote").textValue();
        clock.advance(Duration.ofDays(1));
        assertEquals("UNPAID", wallet.mintQuote(id).path("state").textValue());
        assertNotEquals(id, wallet.mintQuote(21).path("quote").textValue());
    }

    private Reply mint(String quoteId, List<Long> amounts) {
        ObjectNode request = Json.object().put("quote", quoteId);
        List<OutputData> outputs =
                amounts.stream()
                        .map(amount ->
                                OutputData.random(amount, wallet.keyset().id(), new SecureRandom()))
                        .toList();
        return wallet.post(MINT, wallet.withOutputs(request, outputs));
    }

    private int request(String json) {
        Reply reply = wallet.post(QUOTE, json.getBytes(StandardCharsets.UTF_8));
        assertEquals(400, reply.status());
        return reply.code();
    }
}
