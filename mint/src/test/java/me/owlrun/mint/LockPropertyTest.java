package me.owlrun.mint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestLock;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;
import me.owlrun.mint.testing.TestWallet.Reply;

import org.junit.jupiter.api.Test;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Random conditions that are met by exactly as much as they ask for: any damage to what is shown
/// is refused and changes nothing; undamaged it is spent.
final class LockPropertyTest {

    private static final int ROUNDS = 60;
    private static final int DAMAGES = 4;
    private static final long SEED = 20_261_121;
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final Random random = new Random(SEED);
    private final List<Scalar> keys =
            IntStream.rangeClosed(1, 5)
                    .mapToObj(i -> new Scalar(BigInteger.valueOf(70 + i)))
                    .toList();

    /// A lock, and just enough to open it.
    ///
    /// @param preimage of an HTLC whose receivers spend it; else empty
    private record Case(TestLock lock, List<Scalar> signers, String preimage, boolean sigAll) {}

    @Test
    void anyCondition_damaged_isRefusedAndUndamagedSpent() {
        TestMint place = TestMint.fresh();
        try (Mint mint = place.start(new TestClock(NOW), "--fake.pay_delay=0")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            for (int round = 0; round < ROUNDS; round++) {
                Case one = randomCase();
                List<Proof> locked =
                        wallet.mintLocked(1, List.of(one.lock().secret(), one.lock().secret()));
                List<OutputData> outputs = wallet.outputs(List.of(1L, 1L));
                ObjectNode good = wallet.swapRequest(shown(one, locked, outputs), outputs);
                for (int i = 0; i < DAMAGES; i++) {
                    ObjectNode bad = damaged(one, good);
                    Reply reply = wallet.post("/v1/swap", bad);
                    assertEquals(20008, reply.code(), "round " + round + " " + one.lock() + bad);
                }
                assertEquals(List.of("UNSPENT", "UNSPENT"), wallet.states(locked));
                Reply spent = wallet.post("/v1/swap", good);
                assertEquals(200, spent.status(), "round " + round + one.lock() + spent.body());
            }
        }
        Audit.check(place, CurrencyUnit.SAT, 2 * ROUNDS);
    }

    private Case randomCase() {
        List<Scalar> shuffled = new ArrayList<>(keys);
        Collections.shuffle(shuffled, random);
        boolean htlc = random.nextBoolean();
        String preimage = "0%063x".formatted(random.nextLong());
        TestLock lock = htlc ? TestLock.htlc(preimage) : TestLock.p2pk(shuffled.getFirst());
        List<Scalar> main = new ArrayList<>(htlc ? List.of() : shuffled.subList(0, 1));
        List<Scalar> more = shuffled.subList(1, 1 + (htlc ? 1 : 0) + random.nextInt(2));
        if (!more.isEmpty()) {
            lock = lock.withKeys("pubkeys", more.toArray(Scalar[]::new));
            main.addAll(more);
        }
        int needed = 1 + random.nextInt(main.size());
        lock = lock.with("n_sigs", Integer.toString(needed));
        List<Scalar> refund = shuffled.subList(3, 5);
        int neededRefund = 1 + random.nextInt(2);
        boolean expired = random.nextBoolean();
        long locktime = NOW.getEpochSecond() + (expired ? -1 : 1);
        lock =
                lock.with("locktime", Long.toString(locktime))
                        .withKeys("refund", refund.toArray(Scalar[]::new))
                        .with("n_sigs_refund", Integer.toString(neededRefund));
        boolean sigAll = random.nextBoolean();
        if (sigAll) {
            lock = lock.with("sigflag", "SIG_ALL");
        }
        boolean byRefund = expired && random.nextBoolean();
        return new Case(
                lock,
                byRefund ? refund.subList(0, neededRefund) : main.subList(0, needed),
                htlc && !byRefund ? preimage : "",
                sigAll);
    }

    private static List<Proof> shown(Case one, List<Proof> locked, List<OutputData> outputs) {
        Scalar[] signers = one.signers().toArray(Scalar[]::new);
        List<Proof> shown = new ArrayList<>();
        for (Proof proof : locked) {
            String message =
                    one.sigAll() ? TestLock.wholeRequest(locked, outputs, "") : proof.secret();
            String witness =
                    one.preimage().isEmpty()
                            ? TestLock.witness(message, signers)
                            : TestLock.preimageWitness(one.preimage(), message, signers);
            boolean needed = !one.sigAll() || shown.isEmpty();
            shown.add(needed ? TestLock.withWitness(proof, witness) : proof);
        }
        return shown;
    }

    /// Breaks one thing of a request, most often of the witness.
    private ObjectNode damaged(Case one, ObjectNode good) {
        ObjectNode request = good.deepCopy();
        int at = one.sigAll() ? 0 : random.nextInt(2);
        ObjectNode input = (ObjectNode) request.path("inputs").path(at);
        JsonNode witness = Json.parse(input.path("witness").textValue());
        assertTrue(witness.isObject());
        ObjectNode changed = (ObjectNode) witness;
        ArrayNode signatures = (ArrayNode) changed.path("signatures");
        int which = random.nextInt(signatures.size());
        switch (random.nextInt(6)) {
            case 0 -> input.remove("witness");
            case 1 -> signatures.remove(which);
            case 2 -> signatures.set(which, flipped(signatures.path(which).textValue()));
            case 3 -> signatures.set(which, signatures.path(which).textValue().substring(2));
            case 4 -> {
                if (one.preimage().isEmpty()) {
                    signatures.removeAll();
                } else {
                    changed.put("preimage", flipped(one.preimage()).textValue());
                }
            }
            default -> {
                if (one.sigAll()) {
                    ArrayNode outputs = (ArrayNode) request.path("outputs");
                    outputs.add(outputs.remove(0));
                } else {
                    ObjectNode other = (ObjectNode) request.path("inputs").path(1 - at);
                    input.set("witness", other.path("witness"));
                    return request;
                }
            }
        }
        if (input.has("witness")) {
            input.put("witness", Json.text(changed));
        }
        return request;
    }

    private JsonNode flipped(String hex) {
        int at = random.nextInt(hex.length());
        char other = hex.charAt(at) == '0' ? '1' : '0';
        return Json.array().textNode(hex.substring(0, at) + other + hex.substring(at + 1));
    }
}
