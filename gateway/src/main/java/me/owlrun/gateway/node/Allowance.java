package me.owlrun.gateway.node;

import java.time.Duration;
import java.util.function.LongSupplier;

/// How often something costly is done for one node: some at once, then one in a while. Used by the
/// thread that reads the node's connection only.
final class Allowance {

    private final int burst;
    private final long refillNanos;
    private final LongSupplier nanoTime;
    private long filledNanos;
    private int left;

    /// @param burst how many may come at once
    /// @param refill in what time one more is allowed
    /// @param nanoTime a clock that only goes forward, in nanoseconds
    Allowance(int burst, Duration refill, LongSupplier nanoTime) {
        this.burst = burst;
        this.refillNanos = refill.toNanos();
        this.nanoTime = nanoTime;
        this.filledNanos = nanoTime.getAsLong();
        this.left = burst;
    }

    /// Takes one; false when there is none left.
    boolean take() {
        long now = nanoTime.getAsLong();
        long made = (now - filledNanos) / refillNanos;
        if (made > 0) {
            left = (int) Math.min(burst, left + made);
            filledNanos += made * refillNanos;
        }
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }
}
