package me.owlrun.limit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Bounds how often each client may do something rare, such as opening an account, in any hour.
public final class HourlyLimit {

    private static final Duration WINDOW = Duration.ofHours(1);

    /// Clients remembered; beyond it the one longest unseen starts afresh.
    private static final int CLIENTS_MAX = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Deque<Instant>> byClient = new BoundedMap<>(CLIENTS_MAX);
    private final long perHour;
    private final InstantSource clock;

    /// @param perHour times that one client may do it in an hour
    public HourlyLimit(long perHour, InstantSource clock) {
        this.perHour = perHour;
        this.clock = clock;
    }

    /// Counts one more time; how long to wait when there were too many.
    public Optional<Duration> refuse(String client) {
        Instant now = clock.instant();
        lock.lock();
        try {
            Deque<Instant> seen = byClient.computeIfAbsent(client, _ -> new ArrayDeque<>());
            while (!seen.isEmpty() && !seen.getFirst().plus(WINDOW).isAfter(now)) {
                seen.removeFirst();
            }
            if (seen.size() >= perHour) {
                return Optional.of(Duration.between(now, seen.getFirst().plus(WINDOW)));
            }
            seen.addLast(now);
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }
}
