package me.owlrun.gateway.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.db.Migrations;
import me.owlrun.mint.testing.TestPostgres;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The ledger's group commit on a real PostgreSQL, against a model in a map: any order of repeats,
/// two processes at once, and items that cannot be written beside those that can.
final class LedgerJournalTest {

    private static final int ROUNDS = 6;
    private static final int TRANSFERS = 120;

    private final LedgerStore ledger = new LedgerStore(Clock.systemUTC());
    private final Database database =
            Database.open(
                    TestPostgres.shared().url(TestPostgres.freshName()),
                    LocalPostgres.USER,
                    new Secret(""),
                    8);

    @BeforeEach
    void migrate() {
        Migrations.apply(database, List.of(LedgerStore.migration(), LedgerStore.seals()));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private List<Finding> audit() {
        return new LedgerAuditStore(database).findings();
    }

    private long balance(Account account) {
        return database.transaction(connection -> ledger.balance(connection, account)).value();
    }

    private static Transfer gift(String name, Account to, long amount) {
        return Transfer.moving()
                .take(Account.OPERATOR_EQUITY, Msat.of(amount))
                .give(to, Msat.of(amount))
                .of("gift", name);
    }

    /// What became of a transfer: `ok`, `floor` or `differs`.
    private static String outcome(LedgerJournal journal, Transfer transfer) {
        try {
            journal.post(transfer);
            return "ok";
        } catch (LedgerException e) {
            return String.valueOf(e.getMessage()).contains("below zero") ? "floor" : "differs";
        }
    }

    @Test
    void post_permutedRepeatsThroughTwoJournals_matchAMap() throws Exception {
        try (LedgerJournal one = new LedgerJournal(database, ledger);
                LedgerJournal two = new LedgerJournal(database, ledger);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<Account, Long> model = new HashMap<>();
            for (int round = 0; round < ROUNDS; round++) {
                SplittableRandom random = new SplittableRandom(round);
                List<Callable<String>> calls = new ArrayList<>();
                for (int i = 0; i < TRANSFERS; i++) {
                    Account to =
                            random.nextInt(4) == 0 ? Account.FEE : Account.sats(random.nextInt(9));
                    long amount = random.nextLong(1, 1_000);
                    Transfer transfer = gift(round + "/" + i, to, amount);
                    model.merge(to, amount, Long::sum);
                    for (int repeat = random.nextInt(4); repeat >= 0; repeat--) {
                        LedgerJournal journal = random.nextBoolean() ? one : two;
                        calls.add(() -> outcome(journal, transfer));
                    }
                }
                Collections.shuffle(calls, Random.from(new SplittableRandom(round)));
                for (Future<String> call : threads.invokeAll(calls)) {
                    assertEquals("ok", call.get());
                }
                model.forEach((account, sum) -> assertEquals(sum, balance(account)));
            }
        }
        assertEquals(List.of(), audit());
    }

    @Test
    void post_itemsThatCannotBeWritten_sinkNobodyElse() throws Exception {
        try (LedgerJournal journal = new LedgerJournal(database, ledger);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Transfer good = gift("good" + i, Account.sats(i), 10);
                Transfer twin = gift("good" + i, Account.sats(i), 11);
                Transfer poor =
                        Transfer.moving()
                                .take(Account.credit(i), Msat.of(1))
                                .give(Account.CREDIT_FEE, Msat.of(1))
                                .of("poor", "p" + i);
                journal.post(good);
                calls.add(() ->
                        "ok " + outcome(journal, gift("more" + poor.reference(), Account.FX, 3)));
                calls.add(() -> "floor " + outcome(journal, poor));
                calls.add(() -> "differs " + outcome(journal, twin));
            }
            for (Future<String> call : threads.invokeAll(calls)) {
                List<String> words = List.of(call.get().split(" ", -1));
                assertEquals(words.getFirst(), words.getLast());
            }
        }
        assertEquals(600, balance(Account.FX));
        assertEquals(-2_600, balance(Account.OPERATOR_EQUITY));
        assertEquals(List.of(), audit());
    }

    @Test
    void post_manyAtOnce_shareCommits() throws Exception {
        int count = 3_000;
        try (LedgerJournal journal = new LedgerJournal(database, ledger);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Transfer transfer = gift("m" + i, Account.sats(i % 50), 10);
                calls.add(() -> outcome(journal, transfer));
            }
            for (Future<String> call : threads.invokeAll(calls)) {
                assertEquals("ok", call.get());
            }
        }
        assertEquals(-10L * count, balance(Account.OPERATOR_EQUITY));
        long seals = number("SELECT n FROM ledger_seal_head");
        assertTrue(seals < count / 4, seals + " commits for " + count + " transfers");
        assertEquals(List.of(), audit());
    }

    @Test
    void audit_historyRewrittenByTheOwnerOfTheDatabase_isFound() {
        try (LedgerJournal journal = new LedgerJournal(database, ledger)) {
            for (int i = 0; i < 5; i++) {
                journal.post(gift("h" + i, Account.sats(i), 10));
            }
        }
        rewrite("UPDATE entry SET amount_msat = amount_msat * 2 WHERE transfer_id = 3");
        assertCodes("balance_is_sum_of_entries", "request_is_entries");
        rewrite("UPDATE entry SET amount_msat = amount_msat / 2 WHERE transfer_id = 3");
        rewrite("UPDATE transfer SET posted_at = posted_at + interval '1 hour' WHERE id = 2");
        assertCodes("seals_cover");
        rewrite("UPDATE transfer SET posted_at = posted_at - interval '1 hour' WHERE id = 2");
        rewrite("DELETE FROM ledger_seal WHERE n = 5");
        assertCodes("seals_chain");
    }

    private void assertCodes(String... codes) {
        assertEquals(
                List.of(codes), audit().stream().map(Finding::code).distinct().sorted().toList());
    }

    private void rewrite(String sql) {
        execute(
                "SET session_replication_role = replica; "
                        + sql
                        + "; SET session_replication_role = origin");
    }

    private void execute(String sql) {
        database.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        });
    }

    private long number(String sql) {
        return database.transaction(connection -> {
            try (Statement statement = connection.createStatement();
                    var rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }
}
