package me.owlrun.gateway.node;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Bounds how many new nodes one address may register (seed 000: 30 an hour). Nodes register before
/// every connection, so those that are known already do not count.
final class RegistrationLimit {

    private static final Duration WINDOW = Duration.ofHours(1);

    /// Addresses that are remembered; the one longest unseen makes room.
    private static final int ADDRESSES_MAX = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Deque<Instant>> byAddress =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Deque<Instant>> eldest) {
                    return size() > ADDRESSES_MAX;
                }
            };
    private final long perWindow;
    private final InstantSource clock;

    /// @param perWindow new nodes that one address may register in an hour
    RegistrationLimit(long perWindow, InstantSource clock) {
        this.perWindow = perWindow;
        this.clock = clock;
    }

    /// Counts a new node; how long to wait when there were too many.
    Optional<Duration> refuse(String address) {
        Instant now = clock.instant();
        lock.lock();
        try {
            Deque<Instant> seen = byAddress.computeIfAbsent(address, _ -> new ArrayDeque<>());
            while (!seen.isEmpty() && !seen.getFirst().plus(WINDOW).isAfter(now)) {
                seen.removeFirst();
            }
            if (seen.size() >= perWindow) {
                return Optional.of(Duration.between(now, seen.getFirst().plus(WINDOW)));
            }
            seen.addLast(now);
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }
}
