package me.owlrun.gateway;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for conditions of other threads, with a deadline.
final class Waiting {

    private static final Duration MAX = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);

    private Waiting() {}

    /// Waits until a condition holds; fails when it does not in time.
    static void until(String what, BooleanSupplier condition) {
        within(MAX, what, condition);
    }

    /// The same with a deadline of its own.
    static void within(Duration max, String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + max.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in time: " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    /// Lets others work before the next look.
    static void rest(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }
}
