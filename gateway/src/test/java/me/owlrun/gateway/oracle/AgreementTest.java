package me.owlrun.gateway.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/// Median, outliers, quorum and tie-breaker.
final class AgreementTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:30Z");

    /// Prices in cents of Coinbase, Kraken, Bitstamp, Gemini, mempool.space; 0 for no answer.
    private static List<Quote> quotes(long... usdCents) {
        List<Quote> quotes = new ArrayList<>();
        int at = 0;
        for (PriceSource source : PriceSource.values()) {
            if (at < usdCents.length && usdCents[at] > 0) {
                quotes.add(new Quote(source, usdCents[at], NOW));
            }
            at++;
        }
        return quotes;
    }

    private static long agreed(List<Quote> quotes) {
        return Agreement.of(quotes, NOW).map(Agreement::usdCents).orElse(0L);
    }

    @ParameterizedTest(name = "{0} {1} {2} {3} tie {4}: {5} by {6}")
    @CsvSource({
        // three and four that agree: the median, half-way between two rounded up
        "10000, 10010, 10020, 0, 0, 10010, coinbase kraken bitstamp",
        "10000, 10010, 10021, 10040, 0, 10016, coinbase kraken bitstamp gemini",
        // the tie-breaker has no say where the others agree
        "10000, 10010, 10020, 0, 20000, 10010, coinbase kraken bitstamp",
        // one that is off by more than one percent is left out; by exactly one percent it is not
        "10000, 10000, 10100, 0, 0, 10000, coinbase kraken bitstamp",
        "10000, 10000, 10101, 0, 0, 10000, coinbase kraken",
        "10000, 10002, 99999, 0, 0, 10001, coinbase kraken",
        "1, 10000, 10002, 10004, 0, 10002, kraken bitstamp gemini",
        // two are a quorum
        "10000, 10010, 0, 0, 0, 10005, coinbase kraken",
        "0, 0, 10010, 10010, 0, 10010, bitstamp gemini",
        // one is none, whatever the tie-breaker says
        "10000, 0, 0, 0, 0, 0, ''",
        "10000, 0, 0, 0, 10000, 0, ''",
        "0, 0, 0, 0, 10000, 0, ''",
        // split: the tie-breaker decides between markets, its own price never counts
        "10000, 11000, 0, 0, 0, 0, ''",
        "10000, 11000, 0, 0, 10010, 10000, coinbase mempool",
        "10000, 11000, 0, 0, 10990, 11000, kraken mempool",
        "10000, 11000, 0, 0, 10500, 0, ''",
        "10000, 10000, 11000, 11000, 0, 0, ''",
        "10000, 10002, 11000, 11000, 10001, 10001, coinbase kraken mempool",
        // all over the place
        "10000, 11000, 12000, 13000, 0, 0, ''"
    })
    void of_table_holds(
            long coinbase,
            long kraken,
            long bitstamp,
            long gemini,
            long mempool,
            long expected,
            String by) {
        List<Quote> quotes = quotes(coinbase, kraken, bitstamp, gemini, mempool);
        Optional<Agreement> agreement = Agreement.of(quotes, NOW);
        assertEquals(expected, agreed(quotes));
        assertEquals(by, agreement.map(Agreement::sourcesText).orElse("").replace(',', ' '));
    }

    @Test
    void of_oldPrices_doNotCount() {
        for (Duration age : List.of(Duration.ofSeconds(301), Duration.ofSeconds(-301))) {
            List<Quote> quotes = new ArrayList<>(quotes(10_000, 10_000));
            quotes.add(new Quote(PriceSource.BITSTAMP, 10_100, NOW.minus(age)));
            assertEquals(List.of(PriceSource.COINBASE, PriceSource.KRAKEN), by(quotes));
            quotes.set(1, new Quote(PriceSource.KRAKEN, 10_000, NOW.minus(age)));
            assertEquals(Optional.empty(), Agreement.of(quotes, NOW));
        }
        List<Quote> justYoung = new ArrayList<>(quotes(10_000));
        Instant before = NOW.minusSeconds(300);
        justYoung.add(new Quote(PriceSource.KRAKEN, 10_000, before));
        assertEquals(10_000, agreed(justYoung));
    }

    private static List<PriceSource> by(List<Quote> quotes) {
        return Agreement.of(quotes, NOW).orElseThrow().by();
    }

    /// Whatever the sources say: the price lies between two that agree, each within one percent of
    /// a common middle, and the order of the answers does not matter.
    @Test
    void of_anyPrices_liesAmongThoseThatAgree() {
        SplittableRandom random = new SplittableRandom(20_261_121);
        int agreements = 0;
        for (int round = 0; round < 20_000; round++) {
            long[] prices = new long[5];
            for (int i = 0; i < prices.length; i++) {
                boolean isSilent = random.nextInt(8) == 0;
                prices[i] = isSilent ? 0 : random.nextLong(9_800, 10_300);
            }
            List<Quote> quotes = quotes(prices);
            Optional<Agreement> agreement = Agreement.of(quotes, NOW);
            List<Quote> shuffled = new ArrayList<>(quotes);
            Collections.shuffle(shuffled, new Random(round));
            assertEquals(agreement, Agreement.of(shuffled, NOW));
            if (agreement.isPresent()) {
                agreements++;
                List<Long> used =
                        quotes.stream()
                                .filter(quote -> agreement.get().by().contains(quote.source()))
                                .map(Quote::usdCents)
                                .toList();
                long low = Collections.min(used);
                long high = Collections.max(used);
                assertTrue(used.size() >= 2);
                assertTrue(low <= agreement.get().usdCents());
                assertTrue(agreement.get().usdCents() <= high);
                assertTrue((high - low) * 98 <= 2 * low, low + " to " + high);
            }
        }
        assertTrue(agreements > 1_000, "only " + agreements);
    }

    /// One liar among four cannot move the price out of what the honest three say.
    @Test
    void of_oneLiar_cannotMoveThePrice() {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 20_000; round++) {
            long[] honest = random.longs(3, 8_000_000, 8_020_000).toArray();
            long lie = random.nextInt(2) == 0 ? random.nextLong(1, 1L << 40) : honest[0] + round;
            long low = LongStream.of(honest).min().orElseThrow();
            long high = LongStream.of(honest).max().orElseThrow();
            long agreed = agreed(quotes(honest[0], honest[1], honest[2], lie));
            assertTrue(low <= agreed && agreed <= high, agreed + " by a lie of " + lie);
        }
    }
}
