package me.owlrun.gateway.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Prices from minute to minute.
final class PriceStateTest {

    private static final Instant BEGIN = Instant.parse("2026-11-21T12:00:03Z");

    private static List<Quote> quotes(long usdCents, Instant now) {
        return List.of(
                new Quote(PriceSource.COINBASE, usdCents, now),
                new Quote(PriceSource.KRAKEN, usdCents, now));
    }

    /// Each step of a story is a price, or 0 for a minute in which nobody answered; the result is
    /// what is accepted after each.
    @ParameterizedTest
    @CsvSource({
        // small steps are believed at once, up to ten percent of the accepted price
        "1000 1050 1150 1035, 1000 1050 1150 1035",
        "1000 1100, 1000 1100",
        "1000 900, 1000 900",
        // a jump is believed in the third minute in a row
        "1000 1200 1200 1200 1200, 1000 1000 1000 1200 1200",
        "1000 500 503 501, 1000 1000 1000 501",
        // a spike never is
        "1000 1200 1000 1200 1000, 1000 1000 1000 1000 1000",
        "1000 1200 1200 1001, 1000 1000 1000 1001",
        // a jump to somewhere else begins anew, and so does one after a minute without answers
        "1000 1200 1300 1300 1300, 1000 1000 1000 1000 1300",
        "1000 1200 1200 0 1200 1200 1200, 1000 1000 1000 1000 1000 1000 1200",
        // nobody answers: the last one stays
        "1000 0 0, 1000 1000 1000",
        "0 1000, 0 1000"
    })
    void next_story_acceptsAsTold(String told, String expected) {
        PriceState state = new PriceState(Optional.empty(), Optional.empty());
        Instant now = BEGIN;
        StringBuilder accepted = new StringBuilder();
        for (String word : told.split(" ", -1)) {
            long price = Long.parseLong(word);
            state = state.next(price == 0 ? List.of() : quotes(price, now), now);
            accepted.append(state.accepted().map(MinutePrice::usdCents).orElse(0L)).append(' ');
            now = now.plusSeconds(60);
        }
        assertEquals(expected, accepted.toString().strip());
    }

    @Test
    void next_accepted_isOfItsMinute() {
        PriceState none = new PriceState(Optional.empty(), Optional.empty());
        assertEquals(
                Optional.of(
                        new MinutePrice(
                                Instant.parse("2026-11-21T12:00:00Z"), 5, "coinbase,kraken")),
                none.next(quotes(5, BEGIN), BEGIN).accepted());
    }
}
