package me.owlrun.limit;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Token buckets of one size, one per client: a minute's worth may be used at once and fills again
/// evenly. Each is a single number: the moment at which the bucket is full again.
public final class Buckets {

    /// Clients remembered; beyond it the one that was silent longest starts afresh.
    static final int CLIENTS_MAX = 50_000;

    private static final long MINUTE_MICROS = 60_000_000L;

    private final long perMinute;
    private final Map<String, Long> fullAtMicros = new BoundedMap<>(CLIENTS_MAX);
    private final ReentrantLock lock = new ReentrantLock();

    /// @param perMinute tokens in a bucket and per minute; 0: without limit
    public Buckets(long perMinute) {
        this.perMinute = perMinute;
    }

    /// Takes a token.
    ///
    /// @return zero, or when the next one is there
    public Duration take(String client, Instant now) {
        if (perMinute == 0) {
            return Duration.ZERO;
        }
        long interval = MINUTE_MICROS / perMinute;
        long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
        lock.lock();
        try {
            long fullAt = Math.max(fullAtMicros.getOrDefault(client, 0L), nowMicros);
            long wait = fullAt - (perMinute - 1) * interval - nowMicros;
            if (wait > 0) {
                return Duration.of(wait, ChronoUnit.MICROS);
            }
            fullAtMicros.put(client, fullAt + interval);
            return Duration.ZERO;
        } finally {
            lock.unlock();
        }
    }

    /// How a bucket stands.
    ///
    /// @param left tokens that may be used at once
    /// @param fullIn when all are there again
    public record Level(long left, Duration fullIn) {}

    /// How full a client's bucket is; without a limit it is always full.
    public Level level(String client, Instant now) {
        if (perMinute == 0) {
            return new Level(Long.MAX_VALUE, Duration.ZERO);
        }
        long interval = MINUTE_MICROS / perMinute;
        long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
        lock.lock();
        try {
            long missing = Math.max(fullAtMicros.getOrDefault(client, 0L) - nowMicros, 0);
            long used = Math.ceilDiv(missing, interval);
            return new Level(
                    Math.max(perMinute - used, 0), Duration.of(missing, ChronoUnit.MICROS));
        } finally {
            lock.unlock();
        }
    }

    int clients() {
        lock.lock();
        try {
            return fullAtMicros.size();
        } finally {
            lock.unlock();
        }
    }
}
