package me.owlrun.mint.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import me.owlrun.mint.testing.TestMint;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Mints on one database are killed at random while customers use them all the time: nobody loses
/// or gains a sat, nothing stays stuck, and every answer stays as it was.
final class KilledUnderLoadTest {

    private static final int ROUNDS = Integer.getInteger("owlrun.crash.rounds", 200);
    private static final long SEED = Long.getLong("owlrun.crash.seed", 20_261_121);
    private static final int MINTS = 3;
    private static final int CUSTOMERS = 6;
    private static final int SPEED = 20;
    private static final Duration ROUND_MAX = Duration.ofSeconds(3);
    private static final Duration CLOSE_MAX = Duration.ofMinutes(5);

    @Test
    void mints_killedAtRandom_loseNothing() throws Exception {
        long began = System.nanoTime();
        TestMint place = TestMint.fresh();
        FastClock clock = FastClock.fromNow(SPEED);
        SplittableRandom seed = new SplittableRandom(SEED);
        Fleet fleet = new Fleet();
        Caller caller = new Caller(fleet, false);
        Killer killer = new Killer(place, clock, fleet, ROUNDS);
        Crowd crowd = crowd(place, clock, caller, seed);
        List<Thread> killing = new ArrayList<>();
        for (int at = 0; at < MINTS; at++) {
            int here = at;
            SplittableRandom random = seed.split();
            killing.add(crowd.run(() -> killer.run(here, random)));
        }
        crowd.open();
        try {
            crowd.await(killing, ROUND_MAX.multipliedBy(ROUNDS + 20));
        } finally {
            killer.stop();
        }
        try (MintProcess one = MintProcess.start(place, clock);
                MintProcess other = MintProcess.start(place, clock)) {
            fleet.up(0, one.url());
            fleet.up(1, other.url());
            crowd.close(CLOSE_MAX);
            crowd.reckon(place, one.url());
        }
        assertEquals(ROUNDS, killer.kills());
        System.out.printf(
                "Killed under load, seed %d, %d s: %s; %s; %s%n",
                SEED,
                Duration.ofNanos(System.nanoTime() - began).toSeconds(),
                killer.counts(),
                caller.counts(),
                crowd.counts());
    }

    private static Crowd crowd(
            TestMint place, FastClock clock, Caller caller, SplittableRandom seed) {
        try (MintProcess first = MintProcess.start(place, clock)) {
            return new Crowd(CUSTOMERS, caller, seed.split(), first.url());
        }
    }
}
