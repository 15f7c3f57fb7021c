package me.owlrun.gateway.oracle;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What several sources agree on: the median of those that are fresh and within one percent of each
/// other. Pure arithmetic.
///
/// @param usdCents the price
/// @param by who agreed, in the order of their names
record Agreement(long usdCents, List<PriceSource> by) {

    private static final Duration AGE_MAX = Duration.ofMinutes(5);
    private static final int QUORUM = 2;
    private static final long PERCENT = 100;

    /// The agreement among quotes of different sources, if there is one.
    static Optional<Agreement> of(List<Quote> quotes, Instant now) {
        List<Quote> fresh = quotes.stream().filter(quote -> isFresh(quote, now)).toList();
        List<Quote> markets = fresh.stream().filter(q -> !q.source().isTieBreaker()).toList();
        if (markets.size() < QUORUM) {
            return Optional.empty();
        }
        List<Quote> agreed = agreeing(markets);
        if (agreed.size() < QUORUM) {
            // The markets are split: whoever the tie-breaker sides with is right.
            agreed = agreeing(fresh);
        }
        List<Quote> deciding = agreed.stream().filter(q -> !q.source().isTieBreaker()).toList();
        return agreed.size() < QUORUM || deciding.isEmpty()
                ? Optional.empty()
                : Optional.of(new Agreement(median(deciding), sources(agreed)));
    }

    private static boolean isFresh(Quote quote, Instant now) {
        return Duration.between(quote.at(), now).abs().compareTo(AGE_MAX) <= 0;
    }

    private static List<Quote> agreeing(List<Quote> quotes) {
        long middle = median(quotes);
        return quotes.stream().filter(quote -> isWithin(quote.usdCents(), middle, 1)).toList();
    }

    /// Whether a price is at most so many percent away from another.
    static boolean isWithin(long usdCents, long fromCents, long percent) {
        long away = Math.abs(Math.subtractExact(usdCents, fromCents));
        return Math.multiplyExact(away, PERCENT) <= Math.multiplyExact(fromCents, percent);
    }

    /// The middle one, or half-way between the two in the middle, half a cent upwards.
    private static long median(List<Quote> quotes) {
        List<Long> sorted = quotes.stream().map(Quote::usdCents).sorted().toList();
        long low = sorted.get((sorted.size() - 1) / 2);
        long high = sorted.get(sorted.size() / 2);
        return Math.ceilDiv(Math.addExact(low, high), 2);
    }

    private static List<PriceSource> sources(List<Quote> quotes) {
        return quotes.stream().map(Quote::source).sorted(Comparator.naturalOrder()).toList();
    }

    /// The sources' names, with commas between.
    String sourcesText() {
        return String.join(",", names().toList());
    }

    private Stream<String> names() {
        return by.stream().map(PriceSource::text);
    }
}
