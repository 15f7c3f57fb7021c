package me.owlrun.gateway.free;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.Secret;
import me.owlrun.config.Settings;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.db.Migration;
import me.owlrun.db.Migrations;
import me.owlrun.gateway.account.KeyStore;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.node.Karma;
import me.owlrun.gateway.node.NodeStore;
import me.owlrun.gateway.pay.Till;
import me.owlrun.mint.testing.TestPostgres;

import org.junit.jupiter.api.Test;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/// Karma grows with free tokens, is capped, and is gone after its days; nodes give no more than
/// their share.
final class KarmaTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");
    private static final Duration WINDOW = Duration.ofMinutes(10);

    private static Database tables() {
        Database database =
                Database.open(
                        TestPostgres.shared().url(TestPostgres.freshName()),
                        LocalPostgres.USER,
                        new Secret(""),
                        4);
        List<Migration> migrations = new ArrayList<>();
        migrations.add(LedgerStore.migration());
        migrations.add(EarningStore.migration());
        migrations.add(Till.migration());
        migrations.addAll(NodeStore.migrations());
        migrations.add(KeyStore.migration());
        migrations.add(FreeStore.migration());
        Migrations.apply(database, migrations);
        return database;
    }

    private static long account(Database database) {
        return database.transaction(connection -> {
            try (PreparedStatement insert =
                            connection.prepareStatement(
                                    "INSERT INTO user_account (created_at) VALUES (now())"
                                            + " RETURNING id");
                    ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    private static KarmaRules rules() {
        return FreeSettings.karma(
                Settings.read(FreeSettings.TABLE, "OWLRUN_TEST", Map.of(), List.of()));
    }

    private static void give(
            FreeStore store, long provider, String node, String job, long tokens, LocalDate day) {
        store.add(
                new FreeJob(
                        job,
                        new NodeIdentity(provider, node),
                        "m",
                        new Usage(1, tokens),
                        tokens,
                        day));
    }

    @Test
    void karma_growsOverNodesAndDays_isCappedADay_outlivesTheProcess_andAgesOut() {
        try (Database database = tables()) {
            long provider = account(database);
            FreeStore store = new FreeStore(database);
            AtomicReference<Instant> now = new AtomicReference<>(NOW);
            InstantSource clock = now::get;
            KarmaBook book = new KarmaBook(store, rules(), WINDOW, clock, new StopSignal());
            assertEquals(new Karma.Standing(0, "bronze", 0), book.of(provider));

            give(store, provider, "a", "job1", 30_000, TODAY);
            give(store, provider, "a", "job1", 30_000, TODAY);
            give(store, provider, "b", "job2", 20_000, TODAY);
            book.refresh();
            assertEquals(new Karma.Standing(50_000, "silver", 2), book.of(provider));
            assertEquals(1.1, book.factorOf(provider), 1e-9);
            assertEquals(1.0, book.factorOf(provider + 1), 1e-9);

            give(store, provider, "a", "job3", 900_000, TODAY.plusDays(1));
            now.set(NOW.plus(Duration.ofDays(1)));
            KarmaBook restarted = new KarmaBook(store, rules(), WINDOW, clock, new StopSignal());
            restarted.refresh();
            assertEquals(new Karma.Standing(250_000, "silver", 3), restarted.of(provider));

            now.set(NOW.plus(Duration.ofDays(29)));
            restarted.refresh();
            assertEquals(250_000, restarted.of(provider).score());
            now.set(NOW.plus(Duration.ofDays(30)));
            restarted.refresh();
            assertEquals(new Karma.Standing(200_000, "silver", 1), restarted.of(provider));
            now.set(NOW.plus(Duration.ofDays(31)));
            restarted.refresh();
            assertEquals(new Karma.Standing(0, "bronze", 0), restarted.of(provider));
            assertEquals(List.of(), new FreeAuditStore(database).findings());
        }
    }

    @Test
    void audit_findsKarmaWithoutJobs() {
        try (Database database = tables()) {
            long provider = account(database);
            give(new FreeStore(database), provider, "a", "job1", 5, TODAY);
            database.inTransaction(connection -> {
                try (PreparedStatement update =
                        connection.prepareStatement(
                                "UPDATE karma_day SET tokens = 9, karma_tokens = 9")) {
                    assertEquals(1, update.executeUpdate());
                }
            });
            assertEquals(
                    "karma_is_free_jobs",
                    new FreeAuditStore(database).findings().getFirst().code());
        }
    }

    @Test
    void tier_isTheHighestThatTheScoreReaches() {
        KarmaRules rules = rules();
        assertEquals("bronze", rules.tier(49_999).name());
        assertEquals("silver", rules.tier(50_000).name());
        assertEquals("gold", rules.tier(4_999_999).name());
        assertEquals("diamond", rules.tier(5_000_000).name());
        assertEquals("diamond", rules.tier(Long.MAX_VALUE).name());
    }

    /// Abuse list, row 6: a month of asking oneself from one network brings no tier.
    @Test
    void askingOneself_fromOneNetwork_bringsNoTier() {
        KarmaRules rules = rules();
        Requesters requesters = new Requesters(rules.requesterTokens());
        long score = 0;
        for (int day = 0; day < rules.days(); day++) {
            long today = 0;
            for (int request = 0; request < 1_000; request++) {
                today += requesters.count("cb007101", 1, 512, TODAY.plusDays(day));
            }
            score += rules.ofDay(today);
        }
        assertEquals("bronze", rules.tier(score).name());
        assertEquals(rules.days() * rules.requesterTokens(), score);
    }

    @Test
    void oneNetwork_countsForOneProviderUpToABound_untilTomorrow() {
        Requesters requesters = new Requesters(100);
        assertEquals(60, requesters.count("cb007101", 1, 60, TODAY));
        assertEquals(40, requesters.count("cb007102", 1, 60, TODAY));
        assertEquals(0, requesters.count("cb007103", 1, 60, TODAY));
        assertEquals(60, requesters.count("cb007201", 1, 60, TODAY));
        assertEquals(60, requesters.count("cb007101", 2, 60, TODAY));
        assertEquals(100, requesters.count("20010db8000100aa", 1, 200, TODAY));
        assertEquals(0, requesters.count("20010db8000100bb", 1, 200, TODAY));
        assertEquals(100, requesters.count("20010db8000200bb", 1, 200, TODAY));
        assertEquals(60, requesters.count("cb007101", 1, 60, TODAY.plusDays(1)));
    }

    @Test
    void share_fillsByThePercentage_andJobsUseItUp() {
        Share share = Share.full(2, 25, WINDOW, NOW);
        assertEquals(300_000, share.millis());
        Share used = share.less(Duration.ofSeconds(400));
        assertFalse(used.isLeft());
        assertEquals(-100_000, used.millis());
        assertFalse(used.later(2, 25, WINDOW, NOW.plusSeconds(200)).isLeft());
        assertTrue(used.later(2, 25, WINDOW, NOW.plusSeconds(201)).isLeft());
        Instant muchLater = NOW.plus(Duration.ofDays(9));
        assertEquals(300_000, share.later(2, 25, WINDOW, muchLater).millis());
        assertEquals(0, Share.full(4, 0, WINDOW, NOW).millis());
    }

    /// Whatever jobs are asked for, a node gives its percentage, a window's worth and one job more
    /// at most.
    @Test
    void share_overADay_isWithinThePercentage() {
        int percent = 10;
        Share share = Share.full(1, percent, WINDOW, NOW);
        Instant now = NOW;
        Duration job = Duration.ofSeconds(17);
        Duration given = Duration.ZERO;
        while (now.isBefore(NOW.plus(Duration.ofDays(1)))) {
            share = share.later(1, percent, WINDOW, now);
            boolean left = share.isLeft();
            now = now.plus(left ? job : Duration.ofSeconds(1));
            if (left) {
                share = share.later(1, percent, WINDOW, now).less(job);
                given = given.plus(job);
            }
        }
        Duration allowed =
                Duration.between(NOW, now).plus(WINDOW).dividedBy(100 / percent).plus(job);
        assertTrue(given.compareTo(allowed) <= 0, given + " of " + allowed);
        assertTrue(given.compareTo(Duration.ofMinutes(140)) >= 0, given.toString());
    }

    @Test
    void places_leaveOneForThoseWhoPay() {
        assertEquals(1, Shares.placesForAll(1));
        assertEquals(1, Shares.placesForAll(2));
        assertEquals(7, Shares.placesForAll(8));
        assertEquals(1, Shares.placesGiven(8, 1));
        assertEquals(4, Shares.placesGiven(8, 50));
        assertEquals(8, Shares.placesGiven(8, 100));
    }
}
