package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Scalar;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestLock;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.mint.testing.TestWallet.Reply;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Quotes locked to a key (NUT-20) and batches of quotes (NUT-29).
final class BatchMintTest {

    private static final String QUOTE = "/v1/mint/quote/bolt11";
    private static final String MINT = "/v1/mint/bolt11";
    private static final String CHECK = "/v1/mint/quote/bolt11/check";
    private static final String BATCH = "/v1/mint/bolt11/batch";
    private static final String UNKNOWN = new UUID(0x7000, 1L << 63).toString();
    private static final String NONE = "none";
    private static final Scalar ALICE = new Scalar(BigInteger.ONE);
    private static final Scalar BOB = new Scalar(BigInteger.TWO);

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
    void mint_lockedQuote_needsTheKeysSignature() {
        String pubkey = ALICE.publicKey().toHex();
        ObjectNode asked = Json.object().put("amount", 9).put("unit", "sat").put("pubkey", pubkey);
        JsonNode quote = wallet.post(QUOTE, asked).ok();
        assertEquals(pubkey, quote.path("pubkey").textValue());
        assertFalse(wallet.mintQuote(9).has("pubkey"));
        String id = quote.path("quote").textValue();
        List<OutputData> outputs = wallet.outputs(List.of(1L, 8L));
        ObjectNode request = wallet.withOutputs(Json.object().put("quote", id), outputs);
        assertEquals(20001, mintSigned(request, legacy(id, outputs, ALICE)).code());
        clock.advance(Duration.ofSeconds(5));
        assertEquals(20008, wallet.post(MINT, request).code());
        assertEquals(20008, wallet.post(MINT, request.deepCopy().putNull("signature")).code());
        assertEquals(20008, mintSigned(request, "").code());
        assertEquals(20008, mintSigned(request, "xy").code());
        assertEquals(20008, mintSigned(request, legacy(id, outputs, BOB)).code());
        assertEquals(20008, mintSigned(request, legacy(UNKNOWN, outputs, ALICE)).code());
        assertEquals(20008, mintSigned(request, legacy(id, outputs.reversed(), ALICE)).code());
        assertEquals("PAID", wallet.mintQuote(id).path("state").textValue());

        JsonNode answer = mintSigned(request, legacy(id, outputs, ALICE)).ok();
        assertEquals(9, TestWallet.sum(wallet.unblind(outputs, answer)));
        assertEquals(pubkey, wallet.mintQuote(id).path("pubkey").textValue());
        Audit.check(place, CurrencyUnit.SAT, 9);
    }

    @Test
    void mint_unlockedQuoteSigned_isIssued() {
        String id = paidQuotes(4).getFirst();
        List<OutputData> outputs = wallet.outputs(List.of(4L));
        ObjectNode request = wallet.withOutputs(Json.object().put("quote", id), outputs);
        assertEquals(200, mintSigned(request, legacy(id, outputs, BOB)).status());
    }

    @Test
    void check_severalQuotes_answersInOrder() {
        List<String> paid = paidQuotes(5, 3);
        String unpaid = wallet.mintQuote(7).path("quote").textValue();
        JsonNode quotes = check(paid.get(1), unpaid, paid.get(0)).ok();
        assertEquals(3, quotes.size());
        assertEquals(wallet.mintQuote(paid.get(1)), quotes.path(0));
        assertEquals(wallet.mintQuote(unpaid), quotes.path(1));
        assertEquals(wallet.mintQuote(paid.get(0)), quotes.path(2));
        assertEquals("PAID", quotes.path(0).path("state").textValue());
        assertEquals("UNPAID", quotes.path(1).path("state").textValue());
        assertEquals(0, check().ok().size());

        assertEquals(50000, check(paid.get(0), UNKNOWN).code());
        assertEquals(50000, check(paid.get(0), "bogus").code());
        assertEquals(11016, check(paid.get(0), paid.get(0)).code());
        assertEquals(11017, check(strangers(101)).code());
        assertEquals(50000, wallet.post(CHECK, Json.object()).code());
        assertEquals(50000, wallet.post(CHECK, Json.object().put("quotes", "x")).code());
    }

    @Test
    void batch_quotes_areIssuedTogetherAndForEver() {
        List<String> quotes = paidQuotes(5, 3);
        List<OutputData> outputs = wallet.outputs(List.of(8L));
        ObjectNode request = batch(quotes, outputs);
        request.putArray("quote_amounts").add(5).add(3);
        JsonNode answer = wallet.post(BATCH, request).ok();
        assertEquals(8, TestWallet.sum(wallet.unblind(outputs, answer)));
        for (String id : quotes) {
            JsonNode quote = wallet.mintQuote(id);
            assertEquals("ISSUED", quote.path("state").textValue());
            assertEquals(quote.path("amount"), quote.path("amount_issued"));
        }
        assertEquals(20002, wallet.post(BATCH, batch(quotes, 8)).code());
        assertEquals(20002, wallet.post(BATCH, batch(quotes.subList(0, 1), 5)).code());
        stop();
        start();
        assertEquals(answer, wallet.post(BATCH, request).ok());
        request.remove("quote_amounts");
        assertEquals(answer, wallet.post(BATCH, request).ok(), "the same thing said otherwise");
        Audit.check(place, CurrencyUnit.SAT, 8);
    }

    @Test
    void batch_badRequests_getTheirCodesAndMoveNothing() {
        List<String> quotes = paidQuotes(5, 3);
        String unpaid = wallet.mintQuote(7).path("quote").textValue();
        TestWallet msat = new TestWallet(mint.url(), CurrencyUnit.MSAT);
        String ofMsat = msat.mintQuote(1).path("quote").textValue();

        assertCode(50000, batch(List.of(), 8));
        assertCode(50000, batch(List.of(quotes.get(0), UNKNOWN), 8));
        assertCode(50000, batch(List.of(quotes.get(0), "bogus"), 8));
        assertCode(11016, batch(List.of(quotes.get(0), quotes.get(0)), 2));
        assertCode(11017, batch(Arrays.asList(strangers(101)), 8));
        assertCode(
                11015,
                batch(quotes, Collections.nCopies(1001, wallet.outputs(List.of(8L)).getFirst())));
        assertCode(20001, batch(List.of(quotes.get(0), unpaid), 8));
        assertCode(11009, batch(List.of(quotes.get(0), ofMsat), 8));
        assertCode(11010, batch(quotes, msat.outputs(List.of(8L))));
        assertCode(11005, batch(quotes, 7));
        assertCode(11005, batch(quotes, 9));
        assertCode(11005, batch(quotes, List.of()));
        assertCode(11005, amounts(batch(quotes, 8), 4, 4));
        assertCode(11005, amounts(batch(quotes, 5), 5, 0));
        assertCode(11005, amounts(batch(quotes, 8), Long.MAX_VALUE, 3));
        assertCode(50000, amounts(batch(quotes, 8), 8));
        assertCode(50000, amounts(batch(quotes, 8), -5, 13));
        assertCode(50000, batch(quotes, 8).put("quote_amounts", 8));
        assertCode(50000, batch(quotes, 8).put("signatures", "x"));
        assertCode(20008, signed(batch(quotes, 8), "00"));
        assertCode(20008, signed(batch(quotes, 8), "00", NONE));

        for (String id : quotes) {
            assertEquals("PAID", wallet.mintQuote(id).path("state").textValue());
        }
        Audit.check(place, CurrencyUnit.SAT, 0);
    }

    @Test
    void batch_oneQuoteIssued_issuesNone() {
        List<String> quotes = paidQuotes(5, 3);
        assertEquals(5, TestWallet.sum(wallet.mint(quotes.get(0), 5)));
        assertCode(20002, batch(quotes, 8));
        assertEquals("PAID", wallet.mintQuote(quotes.get(1)).path("state").textValue());
        Audit.check(place, CurrencyUnit.SAT, 5);
    }

    @Test
    void batch_lockedAmongUnlocked_needsTheRightSignatures() {
        String free = paidQuotes(5).getFirst();
        String locked = lockedQuote(3, ALICE);
        clock.advance(Duration.ofSeconds(5));
        List<String> quotes = List.of(free, locked);
        List<OutputData> outputs = wallet.outputs(List.of(4L, 4L));
        ObjectNode request = batch(quotes, outputs);
        String good = legacy(locked, outputs, ALICE);
        assertCode(20008, request);
        assertCode(20008, request.deepCopy().putNull("signatures"));
        assertCode(20008, signed(request, NONE, NONE));
        assertCode(20008, signed(request, good));
        assertCode(20008, signed(request, good, NONE));
        assertCode(20008, signed(request, legacy(free, outputs, ALICE), good));
        assertCode(20008, signed(request, NONE, legacy(locked, outputs, BOB)));
        assertCode(20008, signed(request, NONE, legacy(free, outputs, ALICE)));
        assertCode(20008, signed(request, NONE, legacy(locked, outputs.subList(0, 1), ALICE)));
        assertEquals(200, wallet.post(BATCH, signed(request, NONE, good)).status());
        Audit.check(place, CurrencyUnit.SAT, 8);
    }

    @Test
    void batch_crossingBatchesAtOnce_issueEachQuoteOnce() throws Exception {
        List<String> quotes = paidQuotes(8, 8, 8);
        List<List<String>> choices =
                List.of(
                        List.of(quotes.get(0), quotes.get(1)),
                        List.of(quotes.get(1), quotes.get(0)),
                        List.of(quotes.get(1), quotes.get(2)),
                        List.of(quotes.get(2), quotes.get(0)));
        List<Integer> codes = new ArrayList<>();
        try (ExecutorService racers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> futures =
                    IntStream.range(0, 12)
                            .mapToObj(i ->
                                    racers.submit(() ->
                                            wallet.post(BATCH, batch(choices.get(i % 4), 16))))
                            .toList();
            for (Future<Reply> future : futures) {
                codes.add(future.get().code());
            }
        }
        assertEquals(1, codes.stream().filter(code -> code == 0).count(), codes.toString());
        assertEquals(11, codes.stream().filter(code -> code == 20002).count(), codes.toString());
        Audit.check(place, CurrencyUnit.SAT, 16);
    }

    @Test
    void batch_hundredQuotes_isIssued() {
        List<String> quotes =
                paidQuotes(Stream.generate(() -> 1).limit(100).mapToInt(i -> i).toArray());
        assertEquals(200, wallet.post(BATCH, batch(quotes, 100)).status());
        assertEquals(100, check(quotes.toArray(String[]::new)).ok().size());
        Audit.check(place, CurrencyUnit.SAT, 100);
    }

    private List<String> paidQuotes(int... amounts) {
        List<String> quotes =
                Arrays.stream(amounts)
                        .mapToObj(amount -> wallet.mintQuote(amount).path("quote").textValue())
                        .toList();
        clock.advance(Duration.ofSeconds(5));
        return quotes;
    }

    private String lockedQuote(long amount, Scalar key) {
        ObjectNode asked = Json.object().put("amount", amount).put("unit", "sat");
        asked.put("pubkey", key.publicKey().toHex());
        return wallet.post(QUOTE, asked).ok().path("quote").textValue();
    }

    private Reply check(String... quotes) {
        ObjectNode request = Json.object();
        ArrayNode list = request.putArray("quotes");
        Arrays.stream(quotes).forEach(list::add);
        return wallet.post(CHECK, request);
    }

    private static String[] strangers(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new UUID(0x7000, (1L << 63) + i).toString())
                .toArray(String[]::new);
    }

    private ObjectNode batch(List<String> quotes, long amount) {
        return batch(quotes, wallet.outputs(Amounts.split(amount)));
    }

    private ObjectNode batch(List<String> quotes, List<OutputData> outputs) {
        ObjectNode request = Json.object();
        ArrayNode list = request.putArray("quotes");
        quotes.forEach(list::add);
        return wallet.withOutputs(request, outputs);
    }

    private static ObjectNode amounts(ObjectNode request, long... amounts) {
        ArrayNode list = request.putArray("quote_amounts");
        Arrays.stream(amounts).forEach(list::add);
        return request;
    }

    private static ObjectNode signed(ObjectNode request, String... signatures) {
        ObjectNode signed = request.deepCopy();
        ArrayNode list = signed.putArray("signatures");
        for (String signature : signatures) {
            list.add(signature.equals(NONE) ? list.nullNode() : list.textNode(signature));
        }
        return signed;
    }

    private Reply mintSigned(ObjectNode request, String signature) {
        return wallet.post(MINT, request.deepCopy().put("signature", signature));
    }

    private static String legacy(String quoteId, List<OutputData> outputs, Scalar key) {
        StringBuilder message = new StringBuilder(quoteId);
        for (OutputData output : outputs) {
            BlindedMessage sent = output.blindedMessage();
            message.append(sent.b().toHex());
        }
        return TestLock.sign(message.toString(), key);
    }

    private void assertCode(int code, ObjectNode request) {
        Reply reply = wallet.post(BATCH, request);
        assertEquals(code, reply.code(), reply.body().toString());
        assertEquals(400, reply.status());
    }
}
