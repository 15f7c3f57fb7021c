package me.owlrun.gateway.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.LocalPostgres;
import me.owlrun.db.Migrations;
import me.owlrun.mint.testing.TestPostgres;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The ledger on a real PostgreSQL: tables of transfers with the balances they must leave.
final class LedgerStoreTest {

    private final LedgerStore ledger = new LedgerStore(() -> Instant.parse("2026-11-21T00:00:00Z"));
    private Database database = open();

    private static Database open() {
        return Database.open(
                TestPostgres.shared().url(TestPostgres.freshName()),
                LocalPostgres.USER,
                new Secret(""),
                8);
    }

    @BeforeEach
    void migrate() {
        Migrations.apply(database, List.of(LedgerStore.migration()));
    }

    @AfterEach
    void audit() {
        assertEquals(List.of(), new LedgerAuditStore(database).findings());
        database.close();
    }

    private static final Map<String, Account> NAMES =
            Map.of(
                    "treasury", Account.ECASH_TREASURY,
                    "escrow", Account.JOB_ESCROW,
                    "alice", Account.sats(1),
                    "bob", Account.sats(2),
                    "grant", Account.CREDIT_GRANT,
                    "promo", Account.credit(1),
                    "fee", Account.FEE,
                    "fx", Account.FX);

    /// Runs a script, one transfer a line: `kind reference: account amount, … = outcome`.
    private void run(String script) {
        script.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(this::runLine);
    }

    private void runLine(String line) {
        String expected = line.substring(line.indexOf('=') + 1).strip();
        assertEquals(expected, outcome(line.substring(0, line.indexOf('='))), line);
    }

    private String outcome(String text) {
        int colon = text.indexOf(':');
        List<String> head = words(text.substring(0, colon));
        Transfer.Builder transfer = Transfer.moving();
        for (String part : text.substring(colon + 1).strip().split(",", -1)) {
            List<String> amount = words(part);
            Account account = Objects.requireNonNull(NAMES.get(amount.getFirst()), part);
            transfer = transfer.give(account, Msat.of(Long.parseLong(amount.getLast())));
        }
        try {
            Transfer whole = transfer.of(head.getFirst(), head.getLast());
            database.inTransaction(connection -> ledger.post(connection, whole));
            return "ok";
        } catch (LedgerException e) {
            String message = String.valueOf(e.getMessage());
            return message.contains("below zero")
                    ? "floor"
                    : message.contains("add up") ? "unbalanced" : "differs";
        }
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split(" +", -1));
    }

    private long balance(Account account) {
        return database.transaction(connection -> ledger.balance(connection, account)).value();
    }

    @Test
    void post_aJobFromClaimToSettle_leavesTheRightBalances() {
        run(
                """
                claim p1:  treasury -1000, escrow 1000                           = ok
                settle p1: escrow -1000, alice 91, fee 8, fx 1, treasury 900     = ok
                """);
        assertEquals(-100, balance(Account.ECASH_TREASURY));
        assertEquals(0, balance(Account.JOB_ESCROW));
        assertEquals(91, balance(Account.sats(1)));
        assertEquals(8, balance(Account.FEE));
        assertEquals(1, balance(Account.FX));
    }

    @Test
    void post_repeats_areHarmlessAndOthersUnderTheSameKeyRefused() {
        run(
                """
                claim p1:  treasury -1000, escrow 1000      = ok
                claim p1:  treasury -1000, escrow 1000      = ok
                claim p1:  treasury -999, escrow 999        = differs
                refund p1: escrow -1000, treasury 1000      = ok
                refund p1: escrow -1000, treasury 1000      = ok
                """);
        assertEquals(0, balance(Account.ECASH_TREASURY));
    }

    @Test
    void post_unbalancedOrBelowAFloor_isRefusedAndLeavesNoTrace() {
        run(
                """
                claim p1:  treasury -1000, escrow 999                = unbalanced
                claim p2:  treasury -1000, escrow 1000               = ok
                settle p2: escrow -1001, alice 1001                  = floor
                pay p3:    alice -1, treasury 1                      = floor
                settle p2: escrow -1000, alice 1000                  = ok
                pay p4:    alice -1001, treasury 1001                = floor
                pay p4:    alice -1000, treasury 1000                = ok
                """);
        assertEquals(0, balance(Account.sats(1)));
    }

    @Test
    void post_creditMixedWithSats_isRefused() {
        run(
                """
                credit c1: grant -1000, promo 1000                           = ok
                mix m1:    promo -1000, alice 1000                           = unbalanced
                mix m2:    grant -500, alice 500                             = unbalanced
                job j1:    treasury -100, alice 100, promo -50, grant 50     = ok
                """);
        assertEquals(950, balance(Account.credit(1)));
    }

    @Test
    void units_areToldByTheNameInTheDatabase() {
        for (Account.Kind kind : Account.Kind.values()) {
            assertEquals(
                    kind.unit() == Account.Unit.CREDIT,
                    kind.text().startsWith("credit"),
                    kind.text());
        }
    }

    @Test
    void audit_aTransferThatMixesUnits_isFound() {
        run("credit c1: grant -1000, promo 1000, treasury -7, escrow 7 = ok");
        swapKinds("credit", "job_escrow");
        List<Finding> findings = new LedgerAuditStore(database).findings();
        swapKinds("credit", "job_escrow");
        assertEquals(
                List.of("transfer_sum_zero", "transfer_sum_zero"),
                findings.stream().map(Finding::code).toList());
    }

    private void swapKinds(String one, String other) {
        tamper("UPDATE account SET kind = 'x' WHERE kind = '%s'".formatted(one));
        tamper("UPDATE account SET kind = '%s' WHERE kind = '%s'".formatted(one, other));
        tamper("UPDATE account SET kind = '%s' WHERE kind = 'x'".formatted(other));
    }

    @Test
    void tables_changedBehindTheLedger_refuse() {
        run("claim p1: treasury -1000, escrow 1000 = ok");
        for (String sql :
                List.of(
                        "UPDATE entry SET amount_msat = 5",
                        "DELETE FROM entry",
                        "DELETE FROM transfer",
                        "TRUNCATE entry",
                        "UPDATE transfer SET kind = 'x'",
                        "UPDATE account SET balance_msat = -1 WHERE kind = 'job_escrow'",
                        "INSERT INTO entry VALUES (1, 2, 5)")) {
            assertThrows(
                    DatabaseException.class,
                    () ->
                            database.inTransaction(connection -> {
                                try (Statement statement = connection.createStatement()) {
                                    statement.execute(sql);
                                }
                            }),
                    sql);
        }
    }

    @Test
    void audit_aBalanceThatLies_isFound() {
        run("claim p1: treasury -1000, escrow 1000 = ok");
        tamper("UPDATE account SET balance_msat = 999 WHERE kind = 'job_escrow'");
        List<Finding> findings = new LedgerAuditStore(database).findings();
        assertEquals("balance_is_sum_of_entries", findings.getFirst().code());
        tamper("UPDATE account SET balance_msat = 1000 WHERE kind = 'job_escrow'");
    }

    private void tamper(String sql) {
        database.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                assertEquals(1, statement.executeUpdate(sql));
            }
        });
    }

    @Test
    void post_randomTransfersFromManyThreads_matchAModel() throws InterruptedException {
        List<Account> accounts =
                NAMES.values().stream().filter(a -> a.kind().unit() == Account.Unit.SATS).toList();
        Map<Account, Long> model = new HashMap<>();
        SplittableRandom random = new SplittableRandom(11);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 300; i++) {
                Account to = accounts.get(random.nextInt(accounts.size()));
                Msat amount = Msat.of(random.nextLong(1, 1_000));
                Transfer transfer =
                        Transfer.moving()
                                .take(Account.OPERATOR_EQUITY, amount)
                                .give(to, amount)
                                .of("test", "r" + i);
                model.merge(to, amount.value(), Long::sum);
                for (int repeat = 0; repeat < 2; repeat++) {
                    threads.execute(() ->
                            database.inTransaction(
                                    connection -> ledger.post(connection, transfer)));
                }
            }
        }
        model.forEach((account, sum) -> assertEquals(sum, balance(account), account.toString()));
        assertTrue(balance(Account.OPERATOR_EQUITY) < 0);
    }
}
