package me.owlrun.gateway.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.db.Migration;
import me.owlrun.db.Migrations;
import me.owlrun.gateway.account.KeyStore;
import me.owlrun.gateway.free.FreeStore;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.node.NodeStore;
import me.owlrun.gateway.pay.Till;
import me.owlrun.mint.testing.TestPostgres;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Two gateways put the same sums aside at the same time, while money moves.
final class TotalStoreTest {

    private static final int TRANSFERS = 300;
    private static final int READS = 60;

    private static Database open() {
        Database database =
                Database.open(
                        TestPostgres.shared().url(TestPostgres.freshName()),
                        LocalPostgres.USER,
                        new Secret(""),
                        8);
        List<Migration> migrations = new ArrayList<>();
        migrations.add(LedgerStore.migration());
        migrations.add(EarningStore.migration());
        migrations.add(Till.migration());
        migrations.addAll(NodeStore.migrations());
        migrations.add(KeyStore.migration());
        migrations.add(LedgerStore.seals());
        migrations.add(OperateStore.migration());
        migrations.add(FreeStore.migration());
        Migrations.apply(database, migrations);
        return database;
    }

    private static boolean move(Database database, LedgerStore ledger) {
        for (int i = 0; i < TRANSFERS; i++) {
            Transfer gift =
                    Transfer.moving()
                            .take(Account.OPERATOR_EQUITY, Msat.of(10))
                            .give(Account.sats(i % 7), Msat.of(10))
                            .of("gift", "g" + i);
            database.inTransaction(connection -> ledger.post(connection, gift));
        }
        return true;
    }

    /// Every read puts all that came before it aside, as if a minute had passed meanwhile.
    private static boolean read(TotalStore store) {
        for (int i = 0; i < READS; i++) {
            Totals totals = store.read(Instant.now(Clock.systemUTC()).plus(Duration.ofMinutes(2)));
            assertTrue(totals.agrees(), "what moved is what is there");
        }
        return true;
    }

    @Test
    void sums_keptByTwoGatewaysAtOnce_alwaysAgreeWithTheBalances() throws Exception {
        try (Database database = open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            LedgerStore ledger = new LedgerStore(Clock.systemUTC());
            TotalStore here = new TotalStore(database);
            TotalStore there = new TotalStore(database);
            List<Callable<Boolean>> all =
                    List.of(() -> move(database, ledger), () -> read(here), () -> read(there));
            List<Boolean> done = new ArrayList<>();
            for (Future<Boolean> one : threads.invokeAll(all)) {
                done.add(one.get());
            }
            assertEquals(List.of(true, true, true), done);
            Totals last = here.read(Instant.now(Clock.systemUTC()).plus(Duration.ofMinutes(2)));
            assertTrue(last.agrees());
            assertEquals(TRANSFERS, kept(database), "all is put aside, each transfer once");
        }
    }

    private static long kept(Database database) {
        return database.read(connection -> {
            try (var query =
                            connection.prepareStatement(
                                    "SELECT transfers FROM flow_total WHERE kind = 'sats'");
                    var rows = query.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }
}
