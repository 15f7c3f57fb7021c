package me.owlrun.gateway.node;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Tells when a quiet connection is asked for a sign of life, once at half of the time that it may
/// be silent, and when it counts as dead: a connection that is open at one end only says nothing.
final class Pulse {

    private final long silenceNanosMax;
    private final LongSupplier nanoTime;
    private volatile long heardNanos;
    private volatile boolean asked;

    /// What to do about a connection.
    enum Verdict {
        /// Nothing.
        ALIVE,
        /// Ask for a sign of life.
        ASK,
        /// Cut it.
        DEAD
    }

    /// @param silenceMax silence after which a connection counts as dead
    /// @param nanoTime a clock that only goes forward, in nanoseconds
    Pulse(Duration silenceMax, LongSupplier nanoTime) {
        this.silenceNanosMax = silenceMax.toNanos();
        this.nanoTime = nanoTime;
        this.heardNanos = nanoTime.getAsLong();
    }

    /// Something came in.
    void heard() {
        heardNanos = nanoTime.getAsLong();
        asked = false;
    }

    /// What to do now.
    Verdict look() {
        long silentNanos = nanoTime.getAsLong() - heardNanos;
        if (silentNanos > silenceNanosMax) {
            return Verdict.DEAD;
        }
        if (silentNanos > silenceNanosMax / 2 && !asked) {
            asked = true;
            return Verdict.ASK;
        }
        return Verdict.ALIVE;
    }
}
