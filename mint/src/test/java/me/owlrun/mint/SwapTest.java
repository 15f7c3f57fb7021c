package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.mint.testing.TestWallet.Reply;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// Swaps (NUT-03): every refusal and its precedence, replays (NUT-19), races.
final class SwapTest {

    private static final String SWAP = "/v1/swap";
    private static final int RACERS = 8;

    private final TestMint place = TestMint.fresh();
    private Mint mint = place.start("--fake.pay_delay=0");
    private TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);

    @AfterEach
    void stop() {
        mint.close();
    }

    @Test
    void swap_badRequests_getTheirCodesAndMoveNothing() {
        TestWallet msat = new TestWallet(mint.url(), CurrencyUnit.MSAT);
        List<Proof> inputs = wallet.mint(6);
        List<Proof> msats = msat.mint(6);
        List<OutputData> outputs = wallet.outputs(List.of(2L, 4L));
        String unknownId = "01" + "ab".repeat(32);

        assertCode(11005, wallet.swapRequest(inputs, wallet.outputs(List.of(2L))));
        assertCode(11005, wallet.swapRequest(inputs, wallet.outputs(List.of(8L))));
        assertCode(11005, wallet.swapRequest(inputs, List.of()));
        assertCode(11005, wallet.swapRequest(List.of(), outputs));
        assertCode(11005, wallet.swapRequest(List.of(), List.of()));
        assertCode(11007, wallet.swapRequest(twice(inputs), twice(outputs)));
        assertCode(11008, wallet.swapRequest(inputs, twice(outputs)));
        assertCode(11008, withUpperCaseTwin(wallet.swapRequest(inputs, outputs)));
        assertCode(12001, set(wallet.swapRequest(inputs, outputs), "inputs", "id", unknownId));
        assertCode(12001, set(wallet.swapRequest(inputs, outputs), "outputs", "id", unknownId));
        assertCode(11009, wallet.swapRequest(concat(inputs, msats), outputs));
        assertCode(11009, wallet.swapRequest(inputs, concat(outputs, msat.outputs(List.of(1L)))));
        assertCode(11010, wallet.swapRequest(inputs, msat.outputs(List.of(2L, 4L))));
        assertCode(11006, wallet.swapRequest(inputs, outputsOf(3, 3)));
        assertCode(11006, wallet.swapRequest(inputs, outputsOf(0, 6)));
        assertCode(11006, wallet.swapRequest(inputs, outputsOf(1L << 32)));
        assertCode(11006, wallet.swapRequest(inputs, outputsOf(1L << 62)));
        assertCode(10001, set(wallet.swapRequest(inputs, outputs), "inputs", "secret", "other"));
        assertCode(10001, amountOf(wallet.swapRequest(inputs, wallet.outputs(List.of(4L, 4L)))));
        assertCode(
                11014, wallet.swapRequest(Collections.nCopies(1001, inputs.getFirst()), outputs));
        assertCode(
                11015, wallet.swapRequest(inputs, Collections.nCopies(1001, outputs.getFirst())));

        assertEquals(List.of("UNSPENT", "UNSPENT"), wallet.states(inputs));
        Audit.check(place, CurrencyUnit.SAT, 6);
        Audit.check(place, CurrencyUnit.MSAT, 6);
    }

    @Test
    void swap_severalMistakes_firstInOrderWins() {
        List<Proof> spent = wallet.mint(6);
        assertEquals(6, TestWallet.sum(wallet.swap(spent, List.of(2L, 4L))));
        List<OutputData> outputs = wallet.outputs(List.of(2L, 4L));

        assertCode(11005, wallet.swapRequest(spent, wallet.outputs(List.of(8L))));
        ObjectNode forged = set(wallet.swapRequest(spent, outputs), "inputs", "secret", "x");
        assertCode(10001, forged);
        assertCode(11001, wallet.swapRequest(spent, outputs));
        ObjectNode all = wallet.swapRequest(twice(spent), twice(wallet.outputs(List.of(1L))));
        assertCode(11007, all);
    }

    @Test
    void swap_signedOutputs_areRefusedAndInputsStayUnspent() {
        List<OutputData> outputs = wallet.outputs(List.of(2L, 4L));
        assertEquals(200, wallet.post(SWAP, wallet.swapRequest(wallet.mint(6), outputs)).status());
        List<Proof> others = wallet.mint(6);
        assertCode(11003, wallet.swapRequest(others, outputs));
        assertEquals(List.of("UNSPENT", "UNSPENT"), wallet.states(others));
        Audit.check(place, CurrencyUnit.SAT, 12);
    }

    @Test
    void swap_someInputsSpent_spendsNone() {
        List<Proof> six = wallet.mint(6);
        List<Proof> spent = List.of(six.getFirst());
        assertEquals(1, wallet.swap(spent, List.of(spent.getFirst().amount())).size());
        assertCode(11001, wallet.swapRequest(six, wallet.outputs(List.of(2L, 4L))));
        assertEquals(List.of("SPENT", "UNSPENT"), wallet.states(six));
        Audit.check(place, CurrencyUnit.SAT, 6);
    }

    @Test
    void swap_repeated_answersTheSameForEver() {
        List<Proof> inputs = wallet.mint(6);
        ObjectNode request = wallet.swapRequest(inputs, wallet.outputs(List.of(2L, 4L)));
        JsonNode first = wallet.post(SWAP, request).ok();
        assertEquals(first, wallet.post(SWAP, request).ok());
        ObjectNode reordered = request.deepCopy();
        reordered
                .putArray("inputs")
                .add(request.path("inputs").path(1))
                .add(request.path("inputs").path(0));
        assertEquals(first, wallet.post(SWAP, reordered).ok());

        restart("--keyset.input_fee_ppk=100");
        assertEquals(first, wallet.post(SWAP, request).ok());
        Audit.check(place, CurrencyUnit.SAT, 6);
    }

    @Test
    void swap_afterRotation_takesOldInputsNotOldOutputs() {
        List<Proof> old = wallet.mint(100);
        List<OutputData> oldOutputs = wallet.outputs(List.of(4L, 32L, 64L));
        TestWallet before = wallet;
        restart("--keyset.input_fee_ppk=100");
        assertCode(12002, before.swapRequest(old, oldOutputs));
        List<Proof> fresh = wallet.swap(old, List.of(4L, 32L, 64L));
        assertCode(11005, wallet.swapRequest(fresh, wallet.outputs(List.of(4L, 32L, 64L))));
        List<Proof> less = wallet.swap(fresh, List.of(1L, 2L, 32L, 64L));
        assertEquals(99, TestWallet.sum(less));
        JsonNode keysets = wallet.get("/v1/keysets").ok().path("keysets");
        assertEquals(4, keysets.size());
        assertEquals(2, wallet.get("/v1/keys").ok().path("keysets").size());
        Audit.check(place, CurrencyUnit.SAT, 99);
    }

    @Test
    void swap_sameInputsAtOnce_oneWins() throws Exception {
        for (int round = 0; round < 5; round++) {
            List<Proof> inputs = wallet.mint(6);
            List<Reply> replies =
                    race(() ->
                            wallet.post(
                                    SWAP,
                                    wallet.swapRequest(inputs, wallet.outputs(List.of(2L, 4L)))));
            assertEquals(1, replies.stream().filter(r -> r.status() == 200).count());
            assertEquals(RACERS - 1, replies.stream().filter(r -> r.code() == 11001).count());
        }
        Audit.check(place, CurrencyUnit.SAT, 30);
    }

    @Test
    void swap_sameRequestAtOnce_allGetTheSameAnswer() throws Exception {
        try (Mint other = place.start("--fake.pay_delay=0")) {
            TestWallet viaOther = new TestWallet(other.url(), CurrencyUnit.SAT);
            for (int round = 0; round < 5; round++) {
                ObjectNode request =
                        wallet.swapRequest(wallet.mint(6), wallet.outputs(List.of(2L, 4L)));
                List<Reply> replies = race(() -> wallet.post(SWAP, request));
                replies.addAll(race(() -> viaOther.post(SWAP, request)));
                Set<JsonNode> answers = new HashSet<>();
                replies.forEach(reply -> answers.add(reply.ok()));
                assertEquals(1, answers.size());
            }
        }
        Audit.check(place, CurrencyUnit.SAT, 30);
    }

    @Test
    void swap_crossedInputsAtOnce_neverBlocks() throws Exception {
        List<Proof> inputs = wallet.mint(63);
        List<Proof> reversed = inputs.reversed();
        List<Long> amounts = inputs.stream().map(Proof::amount).toList();
        List<Reply> replies =
                race(() ->
                        wallet.post(
                                SWAP,
                                wallet.swapRequest(
                                        Math.floorMod(Thread.currentThread().threadId(), 2) == 0
                                                ? inputs
                                                : reversed,
                                        wallet.outputs(amounts))));
        assertEquals(1, replies.stream().filter(r -> r.status() == 200).count());
        assertEquals(RACERS - 1, replies.stream().filter(r -> r.code() == 11001).count());
        Audit.check(place, CurrencyUnit.SAT, 63);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"P2PK\",{\"nonce\":\"00\",\"data\":\"02ab\",\"tags\":[]}]",
                " [\"HTLC\",{\"nonce\":\"00\",\"data\":\"02ab\"}]",
                "[\"P2PK\"]",
                "[\"\\u00502PK\",{}]",
                "[\"P2PK\",{\"data\":1,\"data\":2}]",
                "[ \"HTLC\", not JSON"
            })
    void swap_spendingCondition_isRefused(String secret) {
        OutputData locked =
                new OutputData(1, wallet.keyset().id(), secret, Scalar.random(new SecureRandom()));
        ObjectNode lock = wallet.swapRequest(wallet.mint(1), List.of(locked));
        List<Proof> proofs = wallet.unblind(List.of(locked), wallet.post(SWAP, lock).ok());
        assertCode(20008, wallet.swapRequest(proofs, wallet.outputs(List.of(1L))));
        assertEquals(List.of("UNSPENT"), wallet.states(proofs));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"FUTURE\",{}]", "[", "[]", "[1]", "{\"a\":1}", "P2PK", "\u0000ä€😀"})
    void swap_oddButPlainSecret_isSpent(String secret) {
        OutputData odd =
                new OutputData(1, wallet.keyset().id(), secret, Scalar.random(new SecureRandom()));
        ObjectNode request = wallet.swapRequest(wallet.mint(1), List.of(odd));
        List<Proof> proofs = wallet.unblind(List.of(odd), wallet.post(SWAP, request).ok());
        assertEquals(1, TestWallet.sum(wallet.swap(proofs, List.of(1L))));
    }

    @Test
    void swap_manyInputsAndOutputs_works() {
        List<Proof> ones = wallet.swap(wallet.mint(200), Collections.nCopies(200, 1L));
        assertEquals(200, TestWallet.sum(wallet.swap(ones, List.of(8L, 64L, 128L))));
        Audit.check(place, CurrencyUnit.SAT, 200);
    }

    private void assertCode(int code, ObjectNode request) {
        Reply reply = wallet.post(SWAP, request);
        assertEquals(code, reply.code(), reply.body().toString());
        assertEquals(400, reply.status());
        assertEquals(2, reply.body().size());
        assertTrue(reply.body().path("detail").isTextual());
    }

    private void restart(String... flags) {
        mint.close();
        List<String> all = new ArrayList<>(List.of(flags));
        all.add("--fake.pay_delay=0");
        mint = place.start(all.toArray(String[]::new));
        wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
    }

    private List<OutputData> outputsOf(long... amounts) {
        return Arrays.stream(amounts)
                .mapToObj(amount ->
                        OutputData.random(amount, wallet.keyset().id(), new SecureRandom()))
                .toList();
    }

    private static ObjectNode set(ObjectNode request, String list, String field, String value) {
        ((ObjectNode) request.path(list).path(0)).put(field, value);
        return request;
    }

    /// Claims that the first input, worth 2, is worth 4.
    private static ObjectNode amountOf(ObjectNode request) {
        ((ObjectNode) request.path("inputs").path(0)).put("amount", 4);
        return request;
    }

    /// Makes the second output the first one again, in capital letters.
    private static ObjectNode withUpperCaseTwin(ObjectNode request) {
        String b = request.path("outputs").path(0).path("B_").textValue();
        ((ObjectNode) request.path("outputs").path(1)).put("B_", b.toUpperCase(Locale.ROOT));
        return request;
    }

    private static <T> List<T> twice(List<T> list) {
        return concat(list, list);
    }

    private static <T> List<T> concat(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static List<Reply> race(Callable<Reply> call)
            throws InterruptedException, ExecutionException {
        try (ExecutorService racers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> futures =
                    racers.invokeAll(IntStream.range(0, RACERS).mapToObj(_ -> call).toList());
            List<Reply> replies = new ArrayList<>();
            for (Future<Reply> future : futures) {
                replies.add(future.get());
            }
            return replies;
        }
    }
}
