package me.owlrun.gateway.oracle;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The mean of prices over time: each stands from its minute until the next one, but not for longer
/// than a price counts as known. Pure arithmetic.
final class TimeMean {

    /// After this time without a new one a price says nothing any more.
    static final Duration STANDS_MAX = Duration.ofMinutes(15);

    private TimeMean() {}

    /// The mean, half a cent upwards; empty without prices.
    ///
    /// @param minutes ascending, all before `end`
    static Optional<BtcRate> of(List<MinutePrice> minutes, Instant end) {
        long centSeconds = 0;
        long seconds = 0;
        for (int i = 0; i < minutes.size(); i++) {
            Instant from = minutes.get(i).minute();
            Instant until = i + 1 < minutes.size() ? minutes.get(i + 1).minute() : end;
            Duration stood = Duration.between(from, until);
            long weight = (stood.compareTo(STANDS_MAX) < 0 ? stood : STANDS_MAX).toSeconds();
            centSeconds =
                    Math.addExact(
                            centSeconds, Math.multiplyExact(minutes.get(i).usdCents(), weight));
            seconds += weight;
        }
        return seconds == 0
                ? Optional.empty()
                : Optional.of(new BtcRate(halfUp(centSeconds, seconds)));
    }

    /// The mean of some prices, each of the same weight.
    static Optional<BtcRate> of(List<Fix> fixes) {
        long sum = fixes.stream().mapToLong(fix -> fix.rate().usdCentsPerBtc()).sum();
        return fixes.isEmpty()
                ? Optional.empty()
                : Optional.of(new BtcRate(halfUp(sum, fixes.size())));
    }

    private static long halfUp(long sum, long count) {
        return Math.floorDiv(Math.addExact(Math.multiplyExact(2, sum), count), 2 * count);
    }
}
