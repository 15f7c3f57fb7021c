package me.owlrun.mint.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.LocalPostgres;
import me.owlrun.db.Migrations;
import me.owlrun.mint.guard.Pausable;
import me.owlrun.mint.lightning.Lightning.NodeState;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.testing.TestPostgres;
import me.owlrun.money.Msat;
import me.owlrun.operate.PauseStore;
import me.owlrun.operate.Pauses;
import me.owlrun.operate.Pulse;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// What the mint says when something is wrong with it.
final class HealthTest {

    private static final NodeState READY = new NodeState("node", Msat.ZERO, true);
    private static final NodeState SYNCING = new NodeState("node", Msat.ZERO, false);

    private final Database database =
            Database.open(
                    TestPostgres.shared().url(TestPostgres.freshName()),
                    LocalPostgres.USER,
                    new Secret(""),
                    2);

    @AfterEach
    void close() {
        database.close();
    }

    /// Books with one result.
    private record FixedBooks(boolean right) implements Books {

        @Override
        public List<Account> accounts() {
            return List.of();
        }

        @Override
        public Audit audit() {
            return new Audit(right, "fixed", Instant.EPOCH);
        }

        @Override
        public Optional<Audit> lastAudit() {
            return Optional.of(audit());
        }
    }

    /// A breaker in one position.
    private record FixedBreaker(Optional<String> openBecause) implements Breaker {
        @Override
        public void close() {}
    }

    /// A pulse that was felt at least once.
    private static <T> Pulse<T> pulse(Supplier<T> heart) {
        CountDownLatch twice = new CountDownLatch(2);
        Pulse<T> pulse =
                Pulse.start(
                        "test",
                        () -> {
                            twice.countDown();
                            return heart.get();
                        },
                        Duration.ofMillis(1),
                        Duration.ofMinutes(1));
        try {
            assertTrue(twice.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return pulse;
    }

    private static NodeState silent() {
        throw new LightningException("no answer");
    }

    private static boolean gone() {
        throw new DatabaseException("no answer");
    }

    private List<String> codes(
            Supplier<Boolean> databaseHeart,
            Supplier<NodeState> nodeHeart,
            boolean right,
            Optional<String> breaker) {
        Migrations.apply(database, List.of(Pausable.migration()));
        Pauses<Pausable> pauses =
                new Pauses<>(new PauseStore<>(database, Pausable.class), Clock.systemUTC());
        try (Pulse<Boolean> databasePulse = pulse(databaseHeart);
                Pulse<NodeState> nodePulse = pulse(nodeHeart)) {
            Health health =
                    new Health(
                            databasePulse,
                            nodePulse,
                            new FixedBooks(right),
                            new FixedBreaker(breaker),
                            pauses);
            List<Health.Problem> problems = health.problems();
            problems.forEach(problem -> assertFalse(problem.text().isBlank()));
            List<String> codes = problems.stream().map(Health.Problem::code).toList();
            assertEquals(!codes.contains("database"), health.canServe());
            return codes;
        }
    }

    @Test
    void everythingWell_hasNoProblems() {
        assertEquals(List.of(), codes(() -> true, () -> READY, true, Optional.empty()));
    }

    @Test
    void databaseGone_isSaidAlone() {
        assertEquals(
                List.of("database"),
                codes(HealthTest::gone, HealthTest::silent, false, Optional.of("loss")));
    }

    @Test
    void eachTrouble_isNamed() {
        assertEquals(
                List.of("lightning", "audit", "breaker"),
                codes(() -> true, HealthTest::silent, false, Optional.of("loss")));
        assertEquals(
                List.of("lightning_not_ready"),
                codes(() -> true, () -> SYNCING, true, Optional.empty()));
    }
}
