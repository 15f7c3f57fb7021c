package me.owlrun.gateway.oracle;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// What is known of the price from minute to minute. A price that jumps is believed only when it
/// stays where it jumped to. Pure: the next state follows from quotes and time alone.
///
/// @param accepted the last price that was believed
/// @param jump a price that is too far from it, if the last minute brought one
record PriceState(Optional<MinutePrice> accepted, Optional<Jump> jump) {

    private static final long STEP_PERCENT_MAX = 10;
    private static final long SAME_PERCENT = 1;
    private static final int MINUTES_FOR_A_STEP = 3;

    /// A price far from the accepted one.
    ///
    /// @param minutes how many minutes in a row it was seen
    record Jump(long usdCents, int minutes) {}

    /// The state after a minute's quotes; with an agreement that is believed, its minute is the
    /// accepted one.
    PriceState next(List<Quote> quotes, Instant now) {
        Optional<Agreement> agreement = Agreement.of(quotes, now);
        if (agreement.isEmpty()) {
            return new PriceState(accepted, Optional.empty());
        }
        long usdCents = agreement.get().usdCents();
        boolean isStep =
                accepted.isPresent()
                        && !Agreement.isWithin(
                                usdCents, accepted.get().usdCents(), STEP_PERCENT_MAX);
        if (isStep) {
            int minutes = 1 + minutesAt(usdCents);
            if (minutes < MINUTES_FOR_A_STEP) {
                return new PriceState(accepted, Optional.of(new Jump(usdCents, minutes)));
            }
        }
        MinutePrice price =
                new MinutePrice(
                        now.truncatedTo(ChronoUnit.MINUTES),
                        usdCents,
                        agreement.get().sourcesText());
        return new PriceState(Optional.of(price), Optional.empty());
    }

    private int minutesAt(long usdCents) {
        return jump.filter(seen -> Agreement.isWithin(usdCents, seen.usdCents(), SAME_PERCENT))
                .map(Jump::minutes)
                .orElse(0);
    }
}
