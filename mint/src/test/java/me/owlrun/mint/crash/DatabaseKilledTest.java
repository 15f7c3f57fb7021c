package me.owlrun.mint.crash;

import me.owlrun.mint.testing.PowerCut;
import me.owlrun.mint.testing.TestMint;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/// PostgreSQL is stopped dead under load a few times: two mints come back by themselves once it is
/// back, and nothing that was answered is lost.
final class DatabaseKilledTest {

    private static final long SEED = Long.getLong("owlrun.crash.seed", 20_261_121);
    private static final int CUTS = 4;
    private static final int CUSTOMERS = 4;
    private static final int SPEED = 20;
    private static final int UP_MS_MAX = 2_000;
    private static final int DOWN_MS_MAX = 500;
    private static final Duration WORK_MAX = Duration.ofSeconds(150);

    @Test
    void postgres_stoppedDeadUnderLoad_losesNothing() throws Exception {
        FastClock clock = FastClock.fromNow(SPEED);
        SplittableRandom seed = new SplittableRandom(SEED);
        Fleet fleet = new Fleet();
        Caller caller = new Caller(fleet, true);
        try (PowerCut power = new PowerCut()) {
            TestMint place =
                    new TestMint(
                            power.postgres(),
                            "powercut",
                            Files.createTempDirectory("owlrun-powercut-mint").resolve("seed"));
            try (MintProcess one = MintProcess.start(place, clock);
                    MintProcess other = MintProcess.start(place, clock)) {
                fleet.up(0, one.url());
                fleet.up(1, other.url());
                Crowd crowd = new Crowd(CUSTOMERS, caller, seed.split(), one.url());
                SplittableRandom random = seed.split();
                crowd.open();
                crowd.await(List.of(crowd.run(() -> cut(power, random))), WORK_MAX);
                crowd.close(WORK_MAX);
                crowd.reckon(place, other.url());
                System.out.printf(
                        "PostgreSQL stopped dead, seed %d, %d times: %s; %s%n",
                        SEED, CUTS, caller.counts(), crowd.counts());
            }
        }
    }

    private static void cut(PowerCut power, SplittableRandom random) {
        for (int i = 0; i < CUTS; i++) {
            rest(random.nextInt(UP_MS_MAX / 2, UP_MS_MAX));
            power.cut();
            rest(random.nextInt(DOWN_MS_MAX));
            power.restore();
        }
        rest(UP_MS_MAX);
    }

    private static void rest(int millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }
}
