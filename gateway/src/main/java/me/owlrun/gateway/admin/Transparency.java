package me.owlrun.gateway.admin;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The totals of the ledger for anybody who asks, made at most every ten seconds; the longer making
/// them takes, the older they may get.
public final class Transparency {

    private static final Duration AGE_MIN = Duration.ofSeconds(10);
    private static final int REST_TIMES_WORK = 20;

    private final TotalStore store;
    private final InstantSource clock;
    private final ReentrantLock making = new ReentrantLock();
    private volatile Optional<Made> made = Optional.empty();

    /// Totals and until when they are good.
    private record Made(Totals totals, Instant until) {}

    /// @param store adds up the ledger
    public Transparency(TotalStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /// The totals, new or a little old.
    public Totals totals() {
        Optional<Made> known = made;
        if (known.isPresent()
                && (clock.instant().isBefore(known.get().until()) || making.isLocked())) {
            return known.get().totals();
        }
        making.lock();
        try {
            Instant now = clock.instant();
            if (made.isPresent() && now.isBefore(made.get().until())) {
                return made.get().totals();
            }
            long startNanos = System.nanoTime();
            Totals totals = store.read(now);
            Duration rest =
                    Duration.ofNanos(System.nanoTime() - startNanos).multipliedBy(REST_TIMES_WORK);
            made =
                    Optional.of(
                            new Made(
                                    totals,
                                    now.plus(rest.compareTo(AGE_MIN) > 0 ? rest : AGE_MIN)));
            return totals;
        } finally {
            making.unlock();
        }
    }
}
