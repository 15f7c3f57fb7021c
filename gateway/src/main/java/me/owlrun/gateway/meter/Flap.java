package me.owlrun.gateway.meter;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What a node loses by switching models: most right after it, nothing after a while, and in
/// between in proportion to the time that is left.
///
/// @param permilleMax what it loses right after
/// @param fade when it is over
public record Flap(int permilleMax, Duration fade) {

    /// What is lost at a time, rounded up; 0 to 1000.
    ///
    /// @param switchedAt when the node last gave up a model, if it ever did
    public int permille(Optional<Instant> switchedAt, Instant at) {
        if (switchedAt.isEmpty() || fade.isZero()) {
            return 0;
        }
        long left = fade.minus(Duration.between(switchedAt.get(), at)).toMillis();
        long whole = fade.toMillis();
        long part = Math.clamp(left, 0, whole);
        return (int) Math.ceilDiv(Math.multiplyExact(part, (long) permilleMax), whole);
    }
}
