package me.owlrun.gateway.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.LocalPostgres;
import me.owlrun.db.Migrations;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestPostgres;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A live oracle on a real PostgreSQL and a server that plays the exchanges, days in a moment.
final class OracleLoopTest {

    private static final BtcRate CONFIGURED = BtcRate.ofUsd("50000");
    private static final LocalDate TODAY = LocalDate.parse("2026-11-21");

    private final TestClock clock = new TestClock(Instant.parse("2026-11-21T12:00:03Z"));
    private final TestExchanges exchanges = TestExchanges.start(clock);
    private final Database database =
            Database.open(
                    TestPostgres.shared().url(TestPostgres.freshName()),
                    LocalPostgres.USER,
                    new Secret(""),
                    4);
    private final FixStore store = new FixStore(database);
    private Gateway one = new Gateway(Oracle.OnStale.REFUSE);

    /// One of several gateways on the database, as far as prices go.
    private final class Gateway {
        private final Oracle oracle;
        private final OracleLoop loop;

        private Gateway(Oracle.OnStale onStale) {
            oracle = Oracle.live(CONFIGURED, onStale, clock);
            loop =
                    new OracleLoop(
                            oracle,
                            new QuoteDesk(exchanges.http(), clock),
                            store,
                            clock,
                            new SplittableRandom(1),
                            wait -> true);
        }

        private Gateway begin() {
            loop.begin();
            return this;
        }

        private void minute() {
            loop.run(); // once, as the gateway stops at the first wait
        }
    }

    @BeforeEach
    void start() {
        Migrations.apply(database, OracleSettings.migrations());
        one = new Gateway(Oracle.OnStale.REFUSE).begin();
    }

    @AfterEach
    void stop() {
        database.close();
        exchanges.close();
    }

    private void minuteAt(String price) {
        exchanges.price(price);
        one.minute();
    }

    private void goTo(String time) {
        clock.advance(Duration.between(clock.instant(), Instant.parse(time)));
    }

    /// Writes prices of a day without asking anybody.
    private void fill(LocalDate day, int minutes, String usd) {
        Instant begin = day.atStartOfDay(ZoneOffset.UTC).toInstant();
        String sql =
                "INSERT INTO oracle_minute SELECT timestamptz '%s' + m * interval '1 min', %d, 'x'"
                                .formatted(begin, BtcRate.ofUsd(usd).usdCentsPerBtc())
                        + " FROM generate_series(0, %d) AS m ON CONFLICT DO NOTHING"
                                .formatted(minutes - 1);
        execute(sql);
    }

    private void execute(String sql) {
        database.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        });
    }

    private static String usd(BtcRate rate) {
        return rate.usd().toPlainString();
    }

    private String billing() {
        return one.oracle.rateId() + " " + usd(one.oracle.billingRate());
    }

    @Test
    void firstPrice_isThatOfYesterday() {
        assertEquals("manual 50000.00", billing());
        assertEquals("stale", one.oracle.status());
        assertTrue(one.oracle.refusesPaidJobs());
        minuteAt("87200.10");
        assertEquals("2026-11-20/1 87200.10", billing());
        assertEquals("normal", one.oracle.status());
        assertFalse(one.oracle.refusesPaidJobs());
        assertEquals(5, exchanges.questions());
        clock.advance(Duration.ofMinutes(1));
        minuteAt("87300.10");
        assertEquals("2026-11-20/1 87200.10", billing());
        assertEquals("87300.10", usd(one.oracle.live()));
        // the second has stood for 3 of 63 seconds
        assertEquals("87204.86", usd(one.oracle.dailyAverage()));
        assertEquals("87200.10", usd(one.oracle.weeklyAverage()));
        assertEquals(Fix.Kind.FIRST, one.oracle.fix().orElseThrow().kind());
    }

    @Test
    void midnight_fixesTheDay() {
        minuteAt("65000");
        fill(TODAY, 1_440, "70000");
        goTo("2026-11-21T23:59:59Z");
        minuteAt("70000");
        assertEquals("2026-11-20/1 65000.00", billing());
        goTo("2026-11-22T00:00:02Z");
        minuteAt("71000");
        Fix fix = one.oracle.fix().orElseThrow();
        assertEquals(Fix.Kind.MEAN, fix.kind());
        assertEquals(1_440, fix.samples());
        // one of 1,440 minutes was at 65,000
        assertEquals("2026-11-21/1 69996.53", billing());
        assertEquals("67498.27", usd(one.oracle.weeklyAverage()));
        assertEquals("normal", one.oracle.status());
    }

    @Test
    void midnight_tooFewMinutes_carriesOver() {
        minuteAt("60000");
        fill(TODAY, 718, "70000");
        goTo("2026-11-22T00:00:02Z");
        minuteAt("61000");
        Fix fix = one.oracle.fix().orElseThrow();
        assertEquals(Fix.Kind.CARRIED, fix.kind());
        assertEquals(719, fix.samples());
        assertEquals("2026-11-21/1 60000.00", billing());
        assertEquals("stale", one.oracle.status());
        assertFalse(one.oracle.refusesPaidJobs());
    }

    /// A price from before two days is not carried on when there is a new one.
    @Test
    void twoDaysWithoutMeasuring_beginAnew() {
        minuteAt("60000");
        goTo("2026-11-22T12:00:02Z");
        minuteAt("61000");
        assertEquals("2026-11-21/1 60000.00", billing());
        goTo("2026-11-23T12:00:02Z");
        minuteAt("62000");
        assertEquals("2026-11-22/2 62000.00", billing());
        assertEquals(Fix.Kind.FIRST, one.oracle.fix().orElseThrow().kind());
        assertEquals("normal", one.oracle.status());
    }

    @Test
    void silence_endsInRefusal() {
        minuteAt("60000");
        goTo("2026-11-21T12:05:30Z");
        minuteAt("");
        assertEquals("normal", one.oracle.status());
        goTo("2026-11-21T12:05:31Z");
        assertEquals("degraded", one.oracle.status());
        goTo("2026-11-21T12:15:01Z");
        assertEquals("stale", one.oracle.status());
        goTo("2026-11-23T12:00:00Z");
        minuteAt("");
        assertFalse(one.oracle.refusesPaidJobs());
        clock.advance(Duration.ofSeconds(1));
        assertTrue(one.oracle.refusesPaidJobs());
        assertEquals("60000.00", usd(one.oracle.billingRate()));
        Gateway serving = new Gateway(Oracle.OnStale.SERVE).begin();
        assertFalse(serving.oracle.refusesPaidJobs());
        minuteAt("60500");
        assertFalse(one.oracle.refusesPaidJobs());
        assertEquals("2026-11-22/2 60500.00", billing());
    }

    @Test
    void restart_knowsWhatWasWrittenDown() {
        minuteAt("60000");
        String before = billing();
        exchanges.price("");
        one = new Gateway(Oracle.OnStale.REFUSE).begin();
        assertEquals(before, billing());
        assertEquals("60000.00", usd(one.oracle.live()));
        assertEquals("normal", one.oracle.status());
        assertFalse(one.oracle.refusesPaidJobs());
        clock.advance(Duration.ofMinutes(1));
        minuteAt("90000"); // a jump is one after a restart, too
        assertEquals("60000.00", usd(one.oracle.live()));
    }

    @Test
    void twoGateways_agreeOnOneFix() throws Exception {
        minuteAt("60000");
        fill(TODAY, 1_000, "70000");
        goTo("2026-11-22T00:00:02Z");
        List<Gateway> many =
                List.of(
                        one,
                        new Gateway(Oracle.OnStale.REFUSE).begin(),
                        new Gateway(Oracle.OnStale.REFUSE).begin());
        exchanges.price("70500");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<?> done : many.stream().map(g -> threads.submit(g::minute)).toList()) {
                done.get();
            }
        }
        many.forEach(gateway -> {
            gateway.minute();
            assertEquals(
                    billing(), gateway.oracle.rateId() + " " + usd(gateway.oracle.billingRate()));
        });
        assertEquals("2026-11-21/1", one.oracle.rateId().toString());
        assertEquals(2, store.week(TODAY).size());
    }

    @Test
    void correction_isANewVersion_andNothingChanges() {
        minuteAt("60000");
        Fix wrong = one.oracle.fix().orElseThrow();
        Fix right =
                store.correct(
                                wrong.day(),
                                BtcRate.ofUsd("60001.50"),
                                "typo of the exchange",
                                clock.instant())
                        .orElseThrow();
        assertEquals("typo of the exchange", store.week(wrong.day()).getFirst().reason());
        assertEquals(
                Optional.empty(), store.correct(TODAY, CONFIGURED, "no price", clock.instant()));
        assertEquals(2, right.version());
        clock.advance(Duration.ofMinutes(1));
        minuteAt("60000");
        assertEquals("2026-11-20/2 60001.50", billing());
        for (String sql :
                List.of(
                        "UPDATE oracle_fix SET usd_cents = 1",
                        "DELETE FROM oracle_fix",
                        "TRUNCATE oracle_fix",
                        "UPDATE oracle_minute SET usd_cents = 1",
                        "DELETE FROM oracle_minute",
                        "TRUNCATE oracle_minute")) {
            assertThrows(DatabaseException.class, () -> execute(sql), sql);
        }
    }

    @Test
    void minuteOfAFixedDay_isNotAdded() {
        fill(TODAY, 1_440, "70000");
        Instant late = Instant.parse("2026-11-22T00:00:02Z");
        store.fix(TODAY, late);
        store.fix(TODAY, late);
        Instant minute = Instant.parse("2026-11-21T23:59:00Z").minus(Duration.ofDays(1));
        store.add(new MinutePrice(minute, 5, "x"));
        store.add(new MinutePrice(Instant.parse("2026-11-21T23:59:00Z"), 5, "x"));
        assertEquals(1_441, store.minutes(Instant.EPOCH, late).size());
        assertEquals(1, store.week(TODAY).size());
        assertEquals(7_000_000, store.minutes(minute.plusSeconds(60), late).getLast().usdCents());
    }
}
