package me.owlrun.gateway.node;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Tells when a quiet connection is asked for a sign of life, once at half of the time that it may
/// be silent, and when it counts as dead: a connection that is open at one end only says nothing.
/// Dead is only what was asked and had the other half of that time to answer, so that a gateway
/// that was itself held up, by a suspended machine or a stalled disk, does not lose all of its
/// nodes.
final class Pulse {

    private final long halfSilenceNanos;
    private final LongSupplier nanoTime;
    private volatile long heardNanos;
    private long askedNanos;

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
        this.halfSilenceNanos = silenceMax.toNanos() / 2;
        this.nanoTime = nanoTime;
        this.heardNanos = nanoTime.getAsLong();
        this.askedNanos = heardNanos;
    }

    /// Something came in; any thread may say so.
    void heard() {
        heardNanos = nanoTime.getAsLong();
    }

    /// What to do now; one thread looks.
    Verdict look() {
        long now = nanoTime.getAsLong();
        long heard = heardNanos;
        if (now - heard <= halfSilenceNanos) {
            return Verdict.ALIVE;
        }
        if (askedNanos - heard <= 0) {
            askedNanos = now;
            return Verdict.ASK;
        }
        return now - askedNanos >= halfSilenceNanos ? Verdict.DEAD : Verdict.ALIVE;
    }
}
