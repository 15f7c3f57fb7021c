package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.testing.TestPostgres;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// A mint that does not repeat its answers (NUT-19), so that lost ones have to be restored (NUT-09)
/// while those get lost, too; and a mint whose answers to the float's own swaps get lost.
final class FaultMintTest {

    private static final long SEED = Long.getLong("owlrun.faults.seed", 20_261_121);
    private static final int ROUNDS = Integer.getInteger("owlrun.faults.rounds", 50);
    private static final int LANES = 10;

    private static final Duration SPOILT_MAX = Duration.ofSeconds(90);
    private static final String RESTORE = "POST /v1/restore ";
    private static final int SPOILT_MIN = Math.max(1, ROUNDS / 5);
    private static final CountDownLatch AT_ONCE = new CountDownLatch(0);
    private static final String KIT_SWAPS =
            "SELECT count(*) FROM mint_operation WHERE purpose = 'kits' AND state = 'done'";

    @Test
    void restore_lostOrCut_losesNothing() {
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startHere();
            restore(place, FaultLine.Mode.LOSE, "mint's answer to the restore lost");
            restore(place, FaultLine.Mode.CUT, "mint's answer to the restore cut anywhere");
        }
    }

    private static void restore(FaultPlace place, FaultLine.Mode mode, String fault) {
        FaultTally tally = new FaultTally(fault);
        int before = place.line().spoilt();
        place.line().mode(FaultLine.Mode.SPENT);
        place.line().mode(mode, RESTORE);
        new FaultLanes(place, ROUNDS, FaultScript.WELL, AT_ONCE)
                .once(
                        SEED,
                        tally,
                        false,
                        () -> {
                            Waiting.within(
                                    SPOILT_MAX,
                                    "answers are spoilt",
                                    () -> place.line().spoilt() >= before + SPOILT_MIN);
                            place.line().release();
                        });
        reckon(place, tally);
        assertTrue(tally.ways().contains(FaultTally.Way.ANSWERED), tally.row());
    }

    @Test
    void swapOfTheFloat_lostOrCut_losesNothing() {
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startHere("a", "--float.kits=12");
            floats(place, FaultLine.Mode.LOSE, "mint's answers to claim and float's swap lost");
            floats(place, FaultLine.Mode.CUT, "mint's answers to claim and float's swap cut");
        }
    }

    /// Payments in sats use up kits faster than they are made.
    private static void floats(FaultPlace place, FaultLine.Mode mode, String fault) {
        FaultTally tally = new FaultTally(fault);
        long before = place.number(KIT_SWAPS);
        place.line().mode(mode);
        new FaultLanes(
                        place,
                        (_, _) -> new FaultTokenRound(place.purse(), place::url, CurrencyUnit.SAT),
                        LANES,
                        FaultScript.WELL,
                        AT_ONCE,
                        FaultBuyer.Patience.ENDLESS)
                .run(
                        SEED,
                        lane -> {
                            for (int round = 0; round < ROUNDS / LANES; round++) {
                                FaultLane.Begun begun = lane.buy(FaultBuyer.Patience.ENDLESS);
                                tally.add(begun.round().collect(begun.seen(), false));
                            }
                        });
        place.line().release();
        Waiting.until("kits are made", () -> place.number(KIT_SWAPS) > before);
        reckon(place, tally);
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
