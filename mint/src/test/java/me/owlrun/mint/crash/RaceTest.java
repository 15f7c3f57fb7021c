package me.owlrun.mint.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.Amounts;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.crash.Caller.Answer;
import me.owlrun.mint.crash.Caller.Request;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// Many clients want the same at the same moment from two processes on one database: one wins, the
/// others are told why they did not, and a request that is sent several times has one answer.
final class RaceTest {

    private static final int ROUNDS = 8;
    private static final int RACERS = 10;
    private static final int SUM = 63;

    private static TestMint place;
    private static MintProcess one;
    private static MintProcess other;
    private static TestWallet wallet;
    private static Caller caller;

    @BeforeAll
    static void start() {
        place = TestMint.fresh();
        FastClock clock = FastClock.fromNow(1);
        one = MintProcess.start(place, clock);
        other = MintProcess.start(place, clock);
        wallet = new TestWallet(one.url(), CurrencyUnit.SAT);
        caller = new Caller(new Fleet(), false);
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
    }

    @AfterEach
    void audit() {
        long outstanding =
                Audit.number(
                        place,
                        "SELECT coalesce(sum(output_amount) - sum(input_amount), 0)"
                                + " FROM operation");
        Audit.check(place, CurrencyUnit.SAT, outstanding);
    }

    @RepeatedTest(ROUNDS)
    void swap_sameInputs_oneWinsTheOthersAreSpent() throws Exception {
        List<Proof> inputs = wallet.mint(SUM);
        List<Answer> answers = race(i -> swap(inputs, outputs(SUM - 1)));
        var _ = assertOneWins(answers, Set.of(11001));
        assertEquals(Collections.nCopies(inputs.size(), "SPENT"), wallet.states(inputs));
    }

    @RepeatedTest(ROUNDS)
    void swap_sameRequest_allGetTheSameAnswer() throws Exception {
        Request request = swap(wallet.mint(SUM), outputs(SUM - 1));
        List<Answer> answers = race(i -> request);
        assertEquals(Collections.nCopies(RACERS, answers.getFirst()), answers);
        assertEquals(200, answers.getFirst().status());
    }

    @RepeatedTest(ROUNDS)
    void swap_sameOutputs_oneWinsTheOthersKeepTheirInputs() throws Exception {
        List<List<Proof>> coins = coins();
        List<OutputData> outputs = outputs(7);
        List<Answer> answers = race(i -> swap(coins.get(i), outputs));
        assertStates(coins, assertOneWins(answers, Set.of(11003)));
    }

    @RepeatedTest(ROUNDS)
    void swap_overlappingInputs_noneIsSpentTwice() throws Exception {
        List<Proof> proofs = wallet.mint(SUM);
        List<Answer> answers =
                race(i -> {
                    int first = i % proofs.size();
                    List<Proof> two =
                            List.of(proofs.get(first), proofs.get((first + 1) % proofs.size()));
                    return swap(two, outputs(TestWallet.sum(two) - 1));
                });
        assertTrue(answers.stream().allMatch(a -> a.status() == 200 || a.code() == 11001));
        long won = answers.stream().filter(a -> a.status() == 200).count();
        long spent = wallet.states(proofs).stream().filter("SPENT"::equals).count();
        assertEquals(2 * won, spent);
        assertTrue(won >= 1);
    }

    @RepeatedTest(ROUNDS)
    void mint_sameQuote_oneWins() throws Exception {
        String quote = paidQuote();
        List<Answer> answers = race(i -> mint(quote, outputs(SUM)));
        var _ = assertOneWins(answers, Set.of(20002));
    }

    @RepeatedTest(ROUNDS)
    void mint_sameRequest_allGetTheSameAnswer() throws Exception {
        Request request = mint(paidQuote(), outputs(SUM));
        List<Answer> answers = race(i -> request);
        assertEquals(Collections.nCopies(RACERS, answers.getFirst()), answers);
        assertEquals(200, answers.getFirst().status());
    }

    @RepeatedTest(ROUNDS)
    void melt_sameQuote_isPaidOnce() throws Exception {
        String quote = meltQuote(Script.PAID.invoice(Msat.ofSat(5)));
        List<List<Proof>> inputs = coins();
        List<Answer> answers = race(i -> melt(quote, inputs.get(i)));
        int winner = assertOneWins(answers, Set.of(20005, 20006));
        assertStates(inputs, winner);
    }

    @RepeatedTest(ROUNDS)
    void melt_sameRequest_isPaidOnceAndNeverRefused() throws Exception {
        Request request = melt(meltQuote(Script.PAID.invoice(Msat.ofSat(5))), wallet.mint(SUM));
        List<Answer> answers = race(i -> request);
        Set<String> states = Set.of("PAID", "PENDING");
        for (Answer answer : answers) {
            assertTrue(states.contains(answer.ok().path("state").textValue()), answer.toString());
        }
        Answer last = caller.once(one.url(), request).orElseThrow();
        assertEquals("PAID", last.ok().path("state").textValue());
        assertEquals(last, caller.once(other.url(), request).orElseThrow());
    }

    @RepeatedTest(ROUNDS)
    void melt_oneInvoiceByManyQuotes_isPaidOnce() throws Exception {
        String invoice = Script.PAID.invoice(Msat.ofSat(5));
        List<String> quotes = IntStream.range(0, RACERS).mapToObj(i -> meltQuote(invoice)).toList();
        List<List<Proof>> inputs = coins();
        List<Answer> answers = race(i -> melt(quotes.get(i), inputs.get(i)));
        int winner = assertOneWins(answers, Set.of(20005, 20006));
        assertStates(inputs, winner);
    }

    @RepeatedTest(ROUNDS)
    void melt_sameInputsForManyInvoices_areSpentOnce() throws Exception {
        List<Proof> inputs = wallet.mint(SUM);
        List<String> quotes =
                IntStream.range(0, RACERS)
                        .mapToObj(i -> meltQuote(Script.PAID.invoice(Msat.ofSat(5))))
                        .toList();
        List<Answer> answers = race(i -> melt(quotes.get(i), inputs));
        var _ = assertOneWins(answers, Set.of(11001, 11002));
    }

    @RepeatedTest(ROUNDS)
    void meltAndSwap_sameInputs_oneWins() throws Exception {
        List<Proof> inputs = wallet.mint(SUM);
        String quote = meltQuote(Script.PAID.invoice(Msat.ofSat(5)));
        List<Answer> answers =
                race(i -> i % 2 == 0 ? melt(quote, inputs) : swap(inputs, outputs(SUM - 1)));
        long swapped = answers.stream().filter(a -> a.status() == 200 && isSwap(a)).count();
        long melted = answers.stream().filter(a -> a.status() == 200 && !isSwap(a)).count();
        assertTrue(swapped + Math.min(melted, 1) == 1, answers.toString());
        Set<Integer> codes = Set.of(0, 11001, 11002, 20005, 20006);
        assertTrue(answers.stream().allMatch(a -> codes.contains(a.code())), answers.toString());
    }

    @RepeatedTest(ROUNDS)
    void melt_ownInvoice_creditsItOnce() throws Exception {
        ObjectNode ask = Json.object().put("amount", 5).put("unit", "sat");
        ask.put("description", "{\"pay_delay_ms\":-1}");
        JsonNode mintQuote = wallet.post("/v1/mint/quote/bolt11", ask).ok();
        String invoice = mintQuote.path("request").textValue();
        List<String> quotes = IntStream.range(0, RACERS).mapToObj(i -> meltQuote(invoice)).toList();
        List<List<Proof>> inputs = coins();
        List<Answer> answers = race(i -> melt(quotes.get(i), inputs.get(i)));
        int winner = assertOneWins(answers, Set.of(20005, 20006));
        assertStates(inputs, winner);
        JsonNode credited = wallet.mintQuote(mintQuote.path("quote").textValue());
        assertEquals(5, credited.path("amount_paid").longValue());
    }

    private static boolean isSwap(Answer answer) {
        return answer.json().has("signatures");
    }

    /// Makes the request of one racer.
    private interface Lane {
        Request of(int racer);
    }

    /// All at once, every second one to the other process.
    private static List<Answer> race(Lane lane) throws Exception {
        List<Callable<Answer>> starts = new ArrayList<>();
        for (int i = 0; i < RACERS; i++) {
            Request request = lane.of(i);
            String url = i / 2 % 2 == 0 ? one.url() : other.url();
            starts.add(() -> caller.once(url, request).orElseThrow());
        }
        List<Answer> answers = new ArrayList<>();
        try (ExecutorService runners = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Answer> run : runners.invokeAll(starts)) {
                answers.add(run.get());
            }
        }
        return answers;
    }

    private static int assertOneWins(List<Answer> answers, Set<Integer> losers) {
        int winner = -1;
        for (int i = 0; i < answers.size(); i++) {
            if (answers.get(i).status() == 200) {
                assertEquals(-1, winner, "two winners: " + answers);
                winner = i;
            } else {
                assertTrue(losers.contains(answers.get(i).code()), answers.get(i).toString());
            }
        }
        assertTrue(winner >= 0, "nobody won: " + answers);
        return winner;
    }

    private static void assertStates(List<List<Proof>> inputs, int winner) {
        for (int i = 0; i < RACERS; i++) {
            String state = i == winner ? "SPENT" : "UNSPENT";
            List<Proof> own = inputs.get(i);
            assertEquals(Collections.nCopies(own.size(), state), wallet.states(own));
        }
    }

    private static List<List<Proof>> coins() {
        List<Long> amounts = new ArrayList<>(Collections.nCopies(RACERS, 8L));
        List<Proof> proofs = wallet.swap(wallet.mint(8L * RACERS + 1), amounts);
        return proofs.stream().map(List::of).toList();
    }

    private static List<OutputData> outputs(long sum) {
        return wallet.outputs(Amounts.split(sum));
    }

    private static Request swap(List<Proof> inputs, List<OutputData> outputs) {
        return Request.post("/v1/swap", wallet.swapRequest(inputs, outputs));
    }

    private static Request mint(String quote, List<OutputData> outputs) {
        ObjectNode body = wallet.withOutputs(Json.object().put("quote", quote), outputs);
        return Request.post("/v1/mint/bolt11", body);
    }

    private static Request melt(String quote, List<Proof> inputs) {
        ObjectNode body = wallet.withInputs(Json.object().put("quote", quote), inputs);
        List<OutputData> blanks = wallet.outputs(Collections.nCopies(6, 1L));
        return Request.post("/v1/melt/bolt11", wallet.withOutputs(body, blanks));
    }

    private static String paidQuote() {
        String quote = wallet.mintQuote(SUM).path("quote").textValue();
        wallet.awaitPaid(quote);
        return quote;
    }

    private static String meltQuote(String invoice) {
        return wallet.meltQuote(invoice).path("quote").textValue();
    }
}
