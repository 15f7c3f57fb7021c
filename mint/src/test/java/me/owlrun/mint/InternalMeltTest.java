package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Melts to invoices of the mint itself: one transaction, no Lightning.
final class InternalMeltTest {

    private final TestMint place = TestMint.fresh();
    private final TestClock clock = new TestClock(Instant.parse("2026-11-21T12:00:00Z"));

    private Mint mint;
    private TestWallet sat;
    private TestWallet msat;

    @BeforeEach
    void start() {
        mint = place.start(clock, "--fake.pay_delay=60000");
        sat = new TestWallet(mint.url(), CurrencyUnit.SAT);
        msat = new TestWallet(mint.url(), CurrencyUnit.MSAT);
    }

    @AfterEach
    void stop() {
        mint.close();
    }

    @Test
    void msat_paysSat_withPreimageAndLastingChange() {
        List<Proof> inputs = paid(msat, 8_000);
        JsonNode payee = sat.mintQuote(5);
        String invoice = payee.path("request").textValue();
        JsonNode quote = msat.meltQuote(invoice);
        assertEquals(5_000, quote.path("amount").longValue());
        assertEquals(0, quote.path("fee_reserve").longValue());
        String id = quote.path("quote").textValue();
        List<OutputData> blanks = msat.outputs(Collections.nCopies(12, 1L));
        ObjectNode request = msat.withInputs(Json.object().put("quote", id), inputs);
        msat.withOutputs(request, blanks).put("prefer_async", true);

        JsonNode paid = msat.post("/v1/melt/bolt11", request).ok();

        assertEquals("PAID", paid.path("state").textValue(), "there is nothing to wait for");
        PaymentHash hash = InvoiceReader.read(invoice).orElseThrow().paymentHash();
        byte[] preimage = HexFormat.of().parseHex(paid.path("payment_preimage").textValue());
        assertEquals(hash, PaymentHash.ofPreimage(preimage));
        assertEquals(5, TestWallet.sum(sat.mint(payee.path("quote").textValue(), 5)));
        stop();
        start();
        assertEquals(paid, msat.get("/v1/melt/quote/bolt11/" + id).ok());
        assertEquals(paid, msat.post("/v1/melt/bolt11", request).ok());
        Audit.check(place, CurrencyUnit.MSAT, 3_000);
        Audit.check(place, CurrencyUnit.SAT, 5);
    }

    @Test
    void oneInvoice_paidByTwoQuotesAtOnce_isPaidByOne() throws Exception {
        List<TestWallet> wallets = List.of(sat, msat, sat, msat);
        List<List<Proof>> purses =
                wallets.stream().map(wallet -> paid(wallet, wallet == sat ? 5 : 5_000)).toList();
        JsonNode payee = sat.mintQuote(5);
        String invoice = payee.path("request").textValue();
        List<Callable<Integer>> melts = new ArrayList<>();
        for (int i = 0; i < wallets.size(); i++) {
            TestWallet wallet = wallets.get(i);
            List<Proof> inputs = purses.get(i);
            String id = wallet.meltQuote(invoice).path("quote").textValue();
            melts.add(() -> wallet.melt(id, inputs, List.of()).code());
        }
        List<Integer> codes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> melt : threads.invokeAll(melts)) {
                codes.add(melt.get());
            }
        }
        Collections.sort(codes);
        assertEquals(List.of(0, 20006, 20006, 20006), codes);
        assertEquals(5, TestWallet.sum(sat.mint(payee.path("quote").textValue(), 5)));
    }

    @Test
    void crossingPayments_doNotBlockEachOther() throws Exception {
        List<Callable<Integer>> melts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            TestWallet payer = i % 2 == 0 ? sat : msat;
            TestWallet payee = i % 2 == 0 ? msat : sat;
            List<Proof> inputs = paid(payer, i % 2 == 0 ? 5 : 5_000);
            String invoice = payee.mintQuote(i % 2 == 0 ? 5_000 : 5).path("request").textValue();
            String id = payer.meltQuote(invoice).path("quote").textValue();
            melts.add(() -> payer.melt(id, inputs, List.of()).status());
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> melt : threads.invokeAll(melts)) {
                assertEquals(200, melt.get());
            }
        }
        Audit.check(place, CurrencyUnit.SAT, 0);
        Audit.check(place, CurrencyUnit.MSAT, 0);
    }

    private List<Proof> paid(TestWallet wallet, long amount) {
        String id = wallet.mintQuote(amount).path("quote").textValue();
        clock.advance(Duration.ofMinutes(2));
        wallet.awaitPaid(id);
        return wallet.mint(id, amount);
    }
}
