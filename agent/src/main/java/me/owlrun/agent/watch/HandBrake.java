package me.owlrun.agent.watch;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// The owner's own pause: until further notice or for a time. Not kept over a restart, so that a
/// forgotten pause ends with the next start. Safe for many threads.
public final class HandBrake {
    private final InstantSource clock;
    private final AtomicReference<Optional<Instant>> until =
            new AtomicReference<>(Optional.empty());

    /// @param clock ends a pause for a time
    public HandBrake(InstantSource clock) {
        this.clock = clock;
    }

    /// Pauses.
    ///
    /// @param time for how long; empty until further notice
    public void pull(Optional<Duration> time) {
        until.set(Optional.of(time.map(clock.instant()::plus).orElse(Instant.MAX)));
    }

    /// Ends a pause; nothing happens if there is none.
    public void release() {
        until.set(Optional.empty());
    }

    /// Why the owner paused, a sentence; empty if he did not or the time is over.
    Optional<String> reason() {
        Optional<Instant> end = Objects.requireNonNull(until.get());
        if (end.isPresent() && !end.get().isAfter(clock.instant())) {
            boolean _ = until.compareAndSet(end, Optional.empty());
            return Optional.empty();
        }
        return end.map(when ->
                when.equals(Instant.MAX)
                        ? "Paused by you."
                        : "Paused by you for another " + left(when) + ".");
    }

    private String left(Instant when) {
        long minutes = Duration.between(clock.instant(), when).toMinutes() + 1;
        return minutes == 1 ? "minute" : minutes + " minutes";
    }
}
