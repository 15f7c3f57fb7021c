package me.owlrun.gateway;

import me.owlrun.gateway.pay.PayStep;
import me.owlrun.mint.testing.ChildImage;
import me.owlrun.mint.testing.TestPostgres;
import me.owlrun.money.Msat;

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

/// Jobs paid by a key while the gateway is killed at each step and at random moments, or hangs
/// while another takes over: the account has what it had, less what was delivered, and nothing
/// stays held.
final class FaultKeyTest {

    private static final long SEED = Long.getLong("owlrun.faults.seed", 20_261_121);
    private static final int ROUNDS = Integer.getInteger("owlrun.faults.rounds", 50);
    private static final int LANES = 10;
    private static final int MOMENT_MILLIS_MAX = 300;
    private static final int SILENT_MILLIS = 25_000;
    private static final Duration HELD_MAX = Duration.ofSeconds(90);
    private static final long ACCOUNT_SATS = 15;

    /// What accounts were given has to be covered.
    private static final String FLOAT = "--float.target=20000";

    /// The steps of a job that is paid by a key: the mint has no part in it.
    private static final List<PayStep> STEPS =
            List.of(
                    PayStep.CLAIMED,
                    PayStep.JOB_OFFERED,
                    PayStep.FIRST_BYTE,
                    PayStep.SETTLING,
                    PayStep.SETTLED,
                    PayStep.CHANGE_SENT);

    /// Steps after which the answer is paid for.
    private static final Set<PayStep> PAID = EnumSet.of(PayStep.SETTLED, PayStep.CHANGE_SENT);

    private static final CountDownLatch AT_ONCE = new CountDownLatch(0);
    private static final String HELD = "SELECT count(*) FROM charge WHERE state = 'held'";

    private static FaultLanes lanes(
            FaultPlace place,
            List<FaultAccount> accounts,
            int count,
            FaultScript script,
            CountDownLatch go) {
        return new FaultLanes(
                place,
                (lane, _) -> new FaultKeyRound(place, accounts.get(lane)),
                count,
                script,
                go,
                new FaultBuyer.Patience(Integer.MAX_VALUE, "", SILENT_MILLIS));
    }

    @Test
    void gateway_killedAtEachStepAndAtRandomMoments_takesNothing(@TempDir Path folder) {
        ChildImage image = ChildImage.pack(CrashingGateway.class, folder);
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startChild(image, STEPS.getFirst().name(), FLOAT);
            List<FaultAccount> accounts = place.accounts(ROUNDS, Msat.ofSat(ACCOUNT_SATS));
            for (int i = 0; i < STEPS.size(); i++) {
                PayStep step = STEPS.get(i);
                String next = i + 1 < STEPS.size() ? STEPS.get(i + 1).name() : "none";
                FaultTally tally = new FaultTally("paid by key, gateway killed at " + step);
                lanes(place, accounts, ROUNDS, FaultScript.WELL, AT_ONCE)
                        .once(
                                SEED,
                                tally,
                                PAID.contains(step),
                                () -> {
                                    var _ = place.awaitLine("held " + ROUNDS);
                                    place.kill();
                                    place.startChild(image, next, FLOAT);
                                });
                reckon(place, tally);
            }
            atRandomMoments(place, accounts, image);
        }
    }

    private static void atRandomMoments(
            FaultPlace place, List<FaultAccount> accounts, ChildImage image) {
        SplittableRandom random = new SplittableRandom(SEED);
        FaultTally tally = new FaultTally("paid by key, gateway killed at random moments");
        for (int wave = 0; wave < ROUNDS / LANES; wave++) {
            lanes(place, accounts, LANES, FaultScript.WELL, AT_ONCE)
                    .once(
                            SEED + wave,
                            tally,
                            true,
                            () -> {
                                Waiting.rest(Duration.ofMillis(random.nextInt(MOMENT_MILLIS_MAX)));
                                place.kill();
                                place.startChild(image, "none", FLOAT);
                            });
        }
        reckon(place, tally);
    }

    @Test
    void gateway_thatHangsAndGoesOn_chargesNothing(@TempDir Path folder) {
        ChildImage image = ChildImage.pack(CrashingGateway.class, folder);
        try (FaultPlace place = new FaultPlace(TestPostgres.shared(), SEED)) {
            place.startChild(
                    image,
                    "none",
                    FLOAT,
                    "--job.accept=60000",
                    "--job.first_byte=60000",
                    "--job.silence=60000");
            List<FaultAccount> accounts = place.accounts(ROUNDS, Msat.ofSat(ACCOUNT_SATS));
            FaultTally tally =
                    new FaultTally("paid by key, gateway hangs, another takes over, it goes on");
            CountDownLatch go = new CountDownLatch(1);
            lanes(place, accounts, ROUNDS, FaultScript.WELL_WHEN_TOLD, go)
                    .once(
                            SEED,
                            tally,
                            false,
                            () -> {
                                Waiting.within(
                                        HELD_MAX, "held", () -> place.number(HELD) == ROUNDS);
                                place.signal("STOP");
                                place.startHere("b", FLOAT);
                            });
            place.signal("CONT");
            go.countDown();
            place.endChild();
            reckon(place, tally);
        }
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
