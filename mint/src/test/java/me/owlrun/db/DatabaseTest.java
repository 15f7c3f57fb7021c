package me.owlrun.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.Secret;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

final class DatabaseTest {

    private static final Migration FIRST =
            new Migration("V001__counter.sql", "CREATE TABLE counter (id int, n bigint)");
    private static final Migration SECOND =
            new Migration("V002__rows.sql", "INSERT INTO counter VALUES (1, 0), (2, 0)");

    private static final int MESSAGE_BYTES = 65_536;

    @TempDir static Path folder;

    private static LocalPostgres postgres;

    @BeforeAll
    static void startPostgres() {
        postgres = LocalPostgres.start(folder, LocalPostgres.Durability.FOR_TESTS);
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    private static Database open(String name) {
        return Database.open(postgres.url(name), LocalPostgres.USER, new Secret(""), 4);
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertTrue(rows.next());
            return rows.getLong(1);
        }
    }

    private static void update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    @Test
    void join_plannedWhileTheTableWasEmpty_looksUpEachRowAndReadsNoWholeIndex() {
        try (Database database = open("plans")) {
            String plan =
                    database.transaction(c -> {
                        update(c, "CREATE TABLE named (id text PRIMARY KEY, n bigint)");
                        try (PreparedStatement explain =
                                c.prepareStatement(
                                        "EXPLAIN UPDATE named SET n = t.n FROM unnest(?::text[],"
                                                + " ?::bigint[]) AS t (id, n)"
                                                + " WHERE named.id = t.id")) {
                            explain.setArray(1, Columns.texts(c, List.of("a", "b"), id -> id));
                            explain.setArray(2, Columns.numbers(c, List.of(1L, 2L), n -> n));
                            return text(explain);
                        }
                    });
            assertTrue(plan.contains("Nested Loop") && plan.contains("Index Scan"), plan);
        }
    }

    private static String text(PreparedStatement query) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                text.append(rows.getString(1)).append('\n');
            }
        }
        return text.toString();
    }

    @Test
    void bundle_statementsSeeThoseBefore_andAWrongCountUndoesAll() {
        try (Database database = open("bundle")) {
            Migrations.apply(database, List.of(FIRST, SECOND));
            List<Long> seen = new ArrayList<>();
            Bundle fine = new Bundle();
            fine.update("UPDATE counter SET n = n + ?", p -> p.value(5L), 2, "rows");
            fine.query(
                    "SELECT n FROM counter WHERE id = ANY (?)",
                    p -> p.numbers(List.of(1L, 2L), id -> id),
                    rows -> {
                        while (rows.next()) {
                            seen.add(rows.getLong(1));
                        }
                    });
            fine.update("DELETE FROM counter WHERE id = ?", p -> p.value(2L), 1, "rows");
            database.inTransaction(fine::run);
            assertEquals(List.of(5L, 5L), seen);
            Bundle wrong = new Bundle();
            wrong.update("UPDATE counter SET n = 9", p -> p, 2, "rows");
            wrong.query("SELECT 1", p -> p, rows -> assertTrue(rows.next()));
            assertThrows(IllegalStateException.class, () -> database.inTransaction(wrong::run));
            Bundle reversed = new Bundle();
            reversed.update("SELECT 1", p -> p);
            assertThrows(
                    IllegalArgumentException.class, () -> database.inTransaction(reversed::run));
            long left = database.transaction(c -> number(c, "SELECT sum(n) FROM counter"));
            assertEquals(5, left);
        }
    }

    @Test
    void migrations_appliedTwice_runOnce() {
        try (Database database = open("migrate_twice")) {
            Migrations.apply(database, List.of(FIRST, SECOND));
            Migrations.apply(database, List.of(FIRST, SECOND));
            long rows = database.transaction(c -> number(c, "SELECT count(*) FROM counter"));
            assertEquals(2, rows);
        }
    }

    @Test
    void migrations_changedOrUnknown_stopTheStart() {
        try (Database database = open("migrate_changed")) {
            Migrations.apply(database, List.of(FIRST, SECOND));
            Migration changed = new Migration(SECOND.name(), "SELECT 1");
            assertThrows(
                    DatabaseException.class,
                    () -> Migrations.apply(database, List.of(FIRST, changed)));
            DatabaseException newer =
                    assertThrows(
                            DatabaseException.class,
                            () -> Migrations.apply(database, List.of(FIRST)));
            assertTrue(String.valueOf(newer.getMessage()).contains(SECOND.name()));
        }
    }

    @Test
    void migrations_brokenStatement_leavesNothing() {
        try (Database database = open("migrate_broken")) {
            Migration broken = new Migration("V002__broken.sql", "CREATE TABLE x (; ");
            assertThrows(
                    DatabaseException.class,
                    () -> Migrations.apply(database, List.of(FIRST, broken)));
            Migrations.apply(database, List.of(FIRST, SECOND));
        }
    }

    @Test
    void snapshot_onAFreshConnection_begins() {
        try (Database database = open("fresh")) {
            assertEquals(1L, (long) database.snapshot(c -> number(c, "SELECT 1")));
        }
    }

    @Test
    void transaction_exception_rollsBack() {
        try (Database database = open("rollback")) {
            Migrations.apply(database, List.of(FIRST, SECOND));
            assertThrows(
                    IllegalStateException.class,
                    () ->
                            database.inTransaction(c -> {
                                update(c, "UPDATE counter SET n = 5");
                                throw new IllegalStateException("stop");
                            }));
            assertEquals(
                    0L, (long) database.transaction(c -> number(c, "SELECT sum(n) FROM counter")));
        }
    }

    @Test
    void transaction_deadlock_isRunAgain() throws Exception {
        try (Database database = open("deadlock");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Migrations.apply(database, List.of(FIRST, SECOND));
            CyclicBarrier bothHoldOne = new CyclicBarrier(2);
            List<Future<?>> running = new ArrayList<>();
            for (int[] order : List.of(new int[] {1, 2}, new int[] {2, 1})) {
                boolean[] first = {true};
                running.add(
                        threads.submit(() ->
                                database.inTransaction(c -> {
                                    increment(c, order[0]);
                                    if (first[0]) {
                                        first[0] = false;
                                        await(bothHoldOne);
                                    }
                                    increment(c, order[1]);
                                })));
            }
            for (Future<?> one : running) {
                one.get(30, TimeUnit.SECONDS);
            }
            assertEquals(
                    4L, (long) database.transaction(c -> number(c, "SELECT sum(n) FROM counter")));
        }
    }

    private static void increment(Connection connection, int id) throws SQLException {
        update(connection, "UPDATE counter SET n = n + 1 WHERE id = " + id);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the other transaction never came", e);
        }
    }

    @Test
    void transaction_ofAProcessThatHangs_doesNotKeepItsLocks() throws Exception {
        try (Database hanging = open("hanging");
                Database other = open("hanging");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Migrations.apply(other, List.of(FIRST, SECOND));
            String count = "UPDATE counter SET n = n + 1 WHERE id = 1";
            CountDownLatch locked = new CountDownLatch(1);
            CountDownLatch over = new CountDownLatch(1);
            AtomicBoolean otherCame = new AtomicBoolean();
            Future<?> hangs =
                    threads.submit(() ->
                            hanging.inTransaction(connection -> {
                                execute(connection, count);
                                locked.countDown();
                                otherCame.set(awaited(over));
                            }));
            assertTrue(awaited(locked));
            other.inTransaction(connection -> execute(connection, count));
            over.countDown();
            assertThrows(ExecutionException.class, hangs::get);
            assertTrue(otherCame.get(), "it got the lock while the first still hung");
            assertEquals(
                    1L,
                    (long)
                            other.transaction(
                                    c -> number(c, "SELECT n FROM counter" + " WHERE id = 1")));
        }
    }

    @Test
    void transaction_ofAProcessThatHangsInTheMiddleOfAMessage_doesNotKeepItsLocks()
            throws Exception {
        String url = postgres.url("sticking");
        int port = URI.create(url.substring("jdbc:".length())).getPort();
        try (StickingLine line = new StickingLine(port);
                Database other = open("sticking");
                Database hanging =
                        Database.open(
                                url.replace(":" + port, ":" + line.port()),
                                LocalPostgres.USER,
                                new Secret(""),
                                1);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Migrations.apply(other, List.of(FIRST, SECOND));
            Future<?> hangs =
                    threads.submit(() ->
                            hanging.inTransaction(connection -> {
                                execute(connection, "SELECT 1");
                                line.stickAfter(MESSAGE_BYTES / 2);
                                countAndSay(connection, "x".repeat(MESSAGE_BYTES));
                            }));
            assertTrue(isLockedSoon(other));
            other.inTransaction(c -> execute(c, "UPDATE counter SET n = n + 1 WHERE id = 1"));
            assertThrows(ExecutionException.class, hangs::get);
            assertEquals(
                    1L,
                    (long) other.transaction(c -> number(c, "SELECT n FROM counter WHERE id = 1")));
        }
    }

    private static void countAndSay(Connection connection, String text) throws SQLException {
        try (PreparedStatement both =
                connection.prepareStatement(
                        "UPDATE counter SET n = n + 1 WHERE id = 1; SELECT ?::text")) {
            both.setString(1, text);
            both.execute();
        }
    }

    private static boolean isLockedSoon(Database database) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() < endNanos) {
            long free =
                    database.transaction(c ->
                            number(
                                    c,
                                    "SELECT count(*) FROM (SELECT 1 FROM counter WHERE id = 1"
                                            + " FOR UPDATE SKIP LOCKED) AS unlocked"));
            if (free == 0) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void localPostgres_startedAgain_keepsData(@TempDir Path other) {
        try (LocalPostgres server = LocalPostgres.start(other, LocalPostgres.Durability.FULL);
                Database database =
                        Database.open(server.url("kept"), LocalPostgres.USER, new Secret(""), 2)) {
            Migrations.apply(database, List.of(FIRST, SECOND));
        }
        try (LocalPostgres server = LocalPostgres.start(other, LocalPostgres.Durability.FULL);
                Database database =
                        Database.open(server.url("kept"), LocalPostgres.USER, new Secret(""), 2)) {
            assertEquals(
                    2L,
                    (long) database.transaction(c -> number(c, "SELECT count(*) FROM counter")));
        }
    }

    @Test
    void open_noServer_saysWhatToDo() {
        DatabaseException e =
                assertThrows(
                        DatabaseException.class,
                        () ->
                                Database.open(
                                        "jdbc:postgresql://127.0.0.1:1/none?connectTimeout=1",
                                        LocalPostgres.USER,
                                        new Secret(""),
                                        1));
        assertTrue(String.valueOf(e.getMessage()).contains("database.*"));
    }
}
