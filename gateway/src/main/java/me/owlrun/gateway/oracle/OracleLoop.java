package me.owlrun.gateway.oracle;

import me.owlrun.db.DatabaseException;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Keeps an oracle up to date: asks for the price every minute, writes it down, and after midnight
/// (UTC) fixes the price of the day that ended. Every gateway on a database does this; whoever
/// comes first writes, and all read.
final class OracleLoop implements Runnable {

    private static final Logger LOG = System.getLogger(OracleLoop.class.getName());
    private static final Duration DAY = Duration.ofDays(1);
    private static final int JITTER_MILLIS_MAX = 5_000;

    private final Oracle oracle;
    private final QuoteDesk desk;
    private final FixStore store;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Predicate<Duration> isStoppingWithin;
    private final Map<PriceSource, Quote> lastQuotes = new EnumMap<>(PriceSource.class);
    private PriceState state = new PriceState(Optional.empty(), Optional.empty());

    OracleLoop(
            Oracle oracle,
            QuoteDesk desk,
            FixStore store,
            InstantSource clock,
            RandomGenerator random,
            Predicate<Duration> isStoppingWithin) {
        this.oracle = oracle;
        this.desk = desk;
        this.store = store;
        this.clock = clock;
        this.random = random;
        this.isStoppingWithin = isStoppingWithin;
    }

    /// Takes up what was written down before.
    void begin() {
        state = new PriceState(store.lastMinute(), Optional.empty());
        show(clock.instant());
    }

    @Override
    public void run() {
        try {
            do {
                minute();
            } while (!isStoppingWithin.test(untilNextMinute()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Sources are asked a little after the minute begins, not all gateways at once.
    private Duration untilNextMinute() {
        Instant now = clock.instant();
        Instant next = now.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
        return Duration.between(now, next).plusMillis(random.nextInt(JITTER_MILLIS_MAX));
    }

    /// The work of one minute.
    void minute() throws InterruptedException {
        List<Quote> quotes = desk.ask();
        quotes.forEach(quote -> lastQuotes.put(quote.source(), quote));
        Instant now = clock.instant();
        Optional<MinutePrice> before = state.accepted();
        state = state.next(quotes, now);
        try {
            Optional<MinutePrice> accepted =
                    state.accepted().filter(price -> !before.equals(Optional.of(price)));
            accepted.ifPresent(store::add);
            LocalDate yesterday = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1);
            if (oracle.fix().filter(fix -> fix.day().equals(yesterday)).isEmpty()) {
                store.fix(yesterday, now);
            }
            accepted.ifPresent(price -> store.begin(yesterday, price, now));
            show(now);
        } catch (DatabaseException e) {
            LOG.log(Level.WARNING, "the price of this minute was not written: {0}", e.getMessage());
        }
        if (quotes.isEmpty()) {
            LOG.log(Level.WARNING, "no source tells the price of bitcoin");
        }
    }

    private void show(Instant now) {
        LocalDate yesterday = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1);
        List<Fix> week = store.week(yesterday);
        oracle.update(
                new OracleView(
                        state.accepted(),
                        week.stream().findFirst(),
                        TimeMean.of(store.minutes(now.minus(DAY), now), now),
                        TimeMean.of(week),
                        List.copyOf(lastQuotes.values())));
    }
}
