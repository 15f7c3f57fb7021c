package me.owlrun.agent.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next attempt: a random part of a window that doubles with each
/// failure ("full jitter"), so that a gateway that comes back is not met by all nodes at once. Used
/// by one thread.
final class Backoff {
    private static final int DOUBLINGS_MAX = 20;

    private final Duration first;
    private final Duration most;
    private final RandomGenerator random;
    private int failures;

    /// @param first the first window
    /// @param most the largest window
    Backoff(Duration first, Duration most, RandomGenerator random) {
        this.first = first;
        this.most = most;
        this.random = random;
    }

    /// The wait after one more failure; at least a tenth of the window, so it is never zero.
    Duration next() {
        long window = first.toNanos() << Math.min(failures, DOUBLINGS_MAX);
        long nanos = Math.min(window, most.toNanos());
        failures = Math.min(failures + 1, DOUBLINGS_MAX);
        return Duration.ofNanos(nanos / 10 + random.nextLong(nanos - nanos / 10));
    }

    /// The attempt succeeded: the next failure waits for the first window again.
    void reset() {
        failures = 0;
    }
}
