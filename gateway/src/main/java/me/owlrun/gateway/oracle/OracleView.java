package me.owlrun.gateway.oracle;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// All that a live oracle knows at one moment.
///
/// @param price the last that was accepted
/// @param fix in force
/// @param dailyAverage of the last 24 hours
/// @param weeklyAverage of the last seven fixes
/// @param sources what each said last
record OracleView(
        Optional<MinutePrice> price,
        Optional<Fix> fix,
        Optional<BtcRate> dailyAverage,
        Optional<BtcRate> weeklyAverage,
        List<Quote> sources) {

    static final OracleView NOTHING =
            new OracleView(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of());

    /// The same with another price to bill with.
    OracleView with(Fix right) {
        return new OracleView(price, Optional.of(right), dailyAverage, weeklyAverage, sources);
    }

    /// How long ago the last price was, if there was one.
    Optional<Duration> age(Instant now) {
        return price.map(last -> Duration.between(last.minute(), now));
    }
}
