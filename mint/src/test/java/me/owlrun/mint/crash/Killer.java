package me.owlrun.mint.crash;

import me.owlrun.mint.step.Step;
import me.owlrun.mint.testing.TestMint;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// Lets mints live short lives at one place of a [Fleet]: each is started, killed at a moment or a
/// step drawn by lot, or already while it starts, and followed by the next one.
final class Killer {

    private static final List<Step> STEPS = List.of(Step.values());
    private static final int LIFE_MAX = 20;
    private static final int LONG_LIFE_MAX = 100;
    private static final Duration LIFE_TIME_MAX = Duration.ofSeconds(5);
    private static final int MOMENT_MS_MAX = 60;
    private static final Duration POLL = Duration.ofMillis(5);
    private static final int BIRTH_MS_MAX = 500;
    private static final int HALTS_MAX = 4;

    private final TestMint place;
    private final FastClock clock;
    private final Fleet fleet;
    private final AtomicInteger roundsLeft;
    private volatile boolean stopped;
    private final AtomicInteger kills = new AtomicInteger();
    private final AtomicInteger atSteps = new AtomicInteger();
    private final AtomicInteger whileStarting = new AtomicInteger();

    /// @param rounds how many mints die, at all places together
    Killer(TestMint place, FastClock clock, Fleet fleet, int rounds) {
        this.place = place;
        this.clock = clock;
        this.fleet = fleet;
        this.roundsLeft = new AtomicInteger(rounds);
    }

    /// Kills one after the other until all rounds are done, here and elsewhere.
    ///
    /// @param at the place in the fleet
    void run(int at, RandomGenerator random) {
        while (roundsLeft.getAndDecrement() > 0 && !stopped) {
            life(at, random);
            kills.incrementAndGet();
        }
    }

    private void life(int at, RandomGenerator random) {
        boolean choosy = random.nextInt(2) == 0;
        Step step = STEPS.get(random.nextInt(STEPS.size()));
        String armed = choosy ? step + ":" + (1 + random.nextInt(HALTS_MAX)) : "none";
        MintProcess mint = MintProcess.begin(place, clock, armed);
        if (random.nextInt(10) == 0) {
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(BIRTH_MS_MAX)).toNanos());
            mint.kill();
            whileStarting.incrementAndGet();
            return;
        }
        mint.awaitReady();
        fleet.up(at, mint.url());
        if (awaitDeath(mint, random)) {
            atSteps.incrementAndGet();
        }
        if (!mint.isAlive()) {
            throw new AssertionError("a mint ended by itself: " + mint.log());
        }
        mint.kill();
        fleet.down(at);
    }

    /// Waits until a mint answered as many requests as the lot says and a moment more, or came to
    /// its step; counted in answers so that a slow machine gets something done as well.
    private boolean awaitDeath(MintProcess mint, RandomGenerator random) {
        int answers = random.nextInt(random.nextInt(10) == 0 ? LONG_LIFE_MAX : LIFE_MAX);
        long deadline = System.nanoTime() + LIFE_TIME_MAX.toNanos();
        while (fleet.answers(mint.url()) < answers && System.nanoTime() < deadline && !stopped) {
            if (mint.awaitHalt(POLL)) {
                return true;
            }
        }
        return mint.awaitHalt(Duration.ofMillis(random.nextInt(MOMENT_MS_MAX)));
    }

    /// No more kills: the test failed.
    void stop() {
        stopped = true;
    }

    int kills() {
        return kills.get();
    }

    /// What happened, for the closing line.
    String counts() {
        return "%d kills (%d at a chosen step, %d while starting)"
                .formatted(kills.get(), atSteps.get(), whileStarting.get());
    }
}
