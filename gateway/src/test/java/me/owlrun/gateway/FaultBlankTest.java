package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import me.owlrun.gateway.pay.PayStep;
import me.owlrun.mint.testing.ChildImage;
import me.owlrun.mint.testing.TestPostgres;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Faults of payments whose change goes into blanks: `kill -9` at each step of its way, and a mint
/// that is down or loses its answers when it shall sign. See [FaultTableTest] for the properties.
final class FaultBlankTest {

    private static final long SEED = Long.getLong("owlrun.faults.seed", 20_261_121);
    private static final int ROUNDS = Integer.getInteger("owlrun.faults.rounds", 50);
    private static final int LANES = 10;

    /// In an order in which what a gateway does to recover from one does not reach the next, at
    /// which it is held.
    private static final List<PayStep> STEPS =
            List.of(
                    PayStep.CHANGE_STORED, // of a token in sat the rest below a sat is still due
                    PayStep.CHANGE_SENT,
                    PayStep.CHANGE_SIGNED,
                    PayStep.SETTLED,
                    PayStep.CLAIMED);

    /// Nodes may take as long as they need on a machine that is busy.
    private static final String[] PATIENT = {
        "--job.accept=60000",
        "--job.first_byte=60000",
        "--job.silence=60000",
        "--float.kits=" + (ROUNDS + LANES)
    };

    private static final CountDownLatch AT_ONCE = new CountDownLatch(0);

    private static FaultLanes lanes(FaultPlace place, int count) {
        return new FaultLanes(place, count, FaultScript.WELL, AT_ONCE).withBlanks();
    }

    @Test
    void gateway_killedOnTheWayOfTheChange_losesNothing(@TempDir Path folder) {
        ChildImage image = ChildImage.pack(CrashingGateway.class, folder);
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startChild(image, STEPS.getFirst().name(), PATIENT);
            for (int i = 0; i < STEPS.size(); i++) {
                PayStep step = STEPS.get(i);
                String next = i + 1 < STEPS.size() ? STEPS.get(i + 1).name() : "none";
                FaultTally tally = new FaultTally("change in blanks, gateway killed at " + step);
                lanes(place, ROUNDS)
                        .once(
                                SEED,
                                tally,
                                step != PayStep.CLAIMED,
                                () -> {
                                    var _ = place.awaitLine("held " + ROUNDS);
                                    place.kill();
                                    place.startChild(image, next, PATIENT);
                                });
                reckon(place, tally);
            }
        }
    }

    @Test
    void change_whateverTheMintDoes_isSignedOrRefunded() {
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startHere("a", PATIENT);
            FaultTally tally = new FaultTally("change in blanks, mint's answers lost");
            place.line().mode(FaultLine.Mode.LOSE);
            lanes(place, LANES)
                    .run(
                            SEED,
                            lane -> {
                                for (int round = 0; round < ROUNDS / LANES; round++) {
                                    FaultLane.Begun begun = lane.buy(FaultBuyer.Patience.ENDLESS);
                                    tally.add(begun.round().collect(begun.seen(), true));
                                }
                            });
            place.line().mode(FaultLine.Mode.PASS);
            reckon(place, tally);
            reckon(place, mintDown(place));
        }
    }

    /// All answers begin, the mint goes down, all answers end, the mint comes back.
    private static FaultTally mintDown(FaultPlace place) {
        FaultTally tally = new FaultTally("change in blanks, mint down at the change");
        String claimed = "SELECT count(*) FROM payment WHERE state = 'claimed'";
        String due =
                "SELECT count(DISTINCT change_of) FROM mint_operation WHERE purpose = 'change'"
                        + " AND state = 'pending'"
                        + " AND next_attempt_at > created_at + interval '1 second'";
        String kits = "SELECT count(*) FROM kit WHERE state = 'free'";
        CountDownLatch go = new CountDownLatch(1);
        Waiting.until("kits", () -> place.number(kits) >= ROUNDS); // for all in sats
        new FaultLanes(place, ROUNDS, FaultScript.WELL_WHEN_TOLD, go)
                .withBlanks()
                .once(
                        SEED,
                        tally,
                        true,
                        () -> {
                            Waiting.until("claims", () -> place.number(claimed) == ROUNDS);
                            place.line().down();
                            go.countDown();
                            Waiting.until("due", () -> place.number(due) >= ROUNDS);
                            place.line().up();
                        });
        assertEquals(List.of(FaultTally.Way.RECOVERED), tally.ways());
        return tally;
    }

    private static void reckon(FaultPlace place, FaultTally tally) {
        FaultTally.TABLE.add(tally);
        place.reckon(tally);
    }

    @AfterAll
    static void print() {
        FaultTally.print(SEED);
    }
}
