package me.owlrun.gateway;

import me.owlrun.gateway.pay.PayStep;
import me.owlrun.mint.testing.ChildImage;
import me.owlrun.mint.testing.PowerCut;
import me.owlrun.mint.testing.TestPostgres;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// `kill -9` of the gateway at every step of a payment and at random moments, and a database that
/// stops dead under load: no buyer loses a millisat. See [FaultTableTest] for the properties.
final class FaultCrashTest {

    private static final long SEED = Long.getLong("owlrun.faults.seed", 20_261_121);
    private static final int ROUNDS = Integer.getInteger("owlrun.faults.rounds", 50);
    private static final int LANES = 10;
    private static final int MOMENT_MILLIS_MAX = 300;
    private static final int DOWN_MILLIS_MAX = 400;

    /// Steps after which the answer is paid for.
    private static final Set<PayStep> PAID = EnumSet.of(PayStep.SETTLED, PayStep.CHANGE_SENT);

    /// Steps that only change in blanks reaches, see [FaultBlankTest].
    private static final Set<PayStep> OF_BLANKS =
            EnumSet.of(PayStep.CHANGE_SIGNED, PayStep.CHANGE_STORED);

    private static final CountDownLatch AT_ONCE = new CountDownLatch(0);

    @Test
    void gateway_killedAtEachStep_losesNothing(@TempDir Path folder) {
        ChildImage image = ChildImage.pack(CrashingGateway.class, folder);
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            List<PayStep> steps =
                    Stream.of(PayStep.values()).filter(step -> !OF_BLANKS.contains(step)).toList();
            place.startChild(image, steps.getFirst().name());
            for (int i = 0; i < steps.size(); i++) {
                PayStep step = steps.get(i);
                String next = i + 1 < steps.size() ? steps.get(i + 1).name() : "none";
                FaultTally tally = new FaultTally("gateway killed at " + step);
                new FaultLanes(place, ROUNDS, FaultScript.WELL, AT_ONCE)
                        .once(
                                SEED,
                                tally,
                                PAID.contains(step),
                                () -> {
                                    var _ = place.awaitLine("held " + ROUNDS);
                                    place.kill();
                                    place.startChild(image, next);
                                });
                reckon(place, tally);
            }
        }
    }

    @Test
    void gateway_killedWhileTheMintIsAsked_losesNothing(@TempDir Path folder) {
        ChildImage image = ChildImage.pack(CrashingGateway.class, folder);
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startChild(image, "none");
            FaultTally tally = new FaultTally("gateway killed while the mint is asked");
            for (int wave = 0; wave < ROUNDS / LANES; wave++) {
                int before = place.line().held();
                place.line().mode(FaultLine.Mode.HOLD);
                new FaultLanes(place, LANES, FaultScript.WELL, AT_ONCE)
                        .once(
                                SEED + wave,
                                tally,
                                false,
                                () -> {
                                    Waiting.until(
                                            "asked", () -> place.line().held() >= before + LANES);
                                    place.kill();
                                    place.line().mode(FaultLine.Mode.PASS);
                                    place.startChild(image, "none");
                                });
            }
            reckon(place, tally);
        }
    }

    @Test
    void gateway_killedAtRandomMoments_losesNothing(@TempDir Path folder) {
        ChildImage image = ChildImage.pack(CrashingGateway.class, folder);
        SplittableRandom random = new SplittableRandom(SEED);
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startChild(image, "none");
            FaultTally tally = new FaultTally("gateway killed at random moments");
            for (int wave = 0; wave < ROUNDS / LANES; wave++) {
                new FaultLanes(place, LANES, FaultScript.WELL, AT_ONCE)
                        .once(
                                SEED + wave,
                                tally,
                                true,
                                () -> {
                                    rest(random.nextInt(MOMENT_MILLIS_MAX));
                                    place.kill();
                                    place.startChild(image, "none");
                                });
            }
            reckon(place, tally);
        }
    }

    @Test
    void database_stoppedDeadUnderLoad_losesNothing() {
        SplittableRandom random = new SplittableRandom(SEED);
        try (PowerCut power = new PowerCut();
                FaultPlace place = new FaultPlace(power.postgres(), SEED)) {
            place.startHere();
            FaultTally tally = new FaultTally("database stopped dead and started again");
            for (int wave = 0; wave < ROUNDS / LANES; wave++) {
                new FaultLanes(place, LANES, FaultScript.WELL, AT_ONCE)
                        .once(
                                SEED + wave,
                                tally,
                                true,
                                () -> {
                                    rest(random.nextInt(MOMENT_MILLIS_MAX));
                                    power.cut();
                                    rest(random.nextInt(DOWN_MILLIS_MAX));
                                    power.restore();
                                });
            }
            reckon(place, tally);
        }
    }

    private static void reckon(FaultPlace place, FaultTally tally) {
        FaultTally.TABLE.add(tally);
        place.reckon(tally);
    }

    private static void rest(int millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    @AfterAll
    static void print() {
        FaultTally.print(SEED);
    }
}
