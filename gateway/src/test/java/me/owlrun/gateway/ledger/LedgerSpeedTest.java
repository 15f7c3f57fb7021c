package me.owlrun.gateway.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.db.Migrations;
import me.owlrun.mint.testing.TestPostgres;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/// How many settlements of five entries the ledger makes in a second, each waited for by its own
/// thread. `bench/run.sh ledger` runs it for longer, on a server that keeps every commit.
final class LedgerSpeedTest {

    private static final Duration LENGTH =
            Duration.ofSeconds(Long.getLong("owlrun.ledger.seconds", 1));
    private static final boolean DURABLE = Boolean.getBoolean("owlrun.ledger.durable");
    private static final List<Integer> THREADS = List.of(1, 64, 512);
    private static final int PROVIDERS = 200;

    @TempDir private Path folder;

    @Test
    void post_settlements_areAllThere() {
        if (!DURABLE) {
            measure(TestPostgres.shared().url(TestPostgres.freshName()));
            return;
        }
        try (LocalPostgres postgres = LocalPostgres.start(folder, LocalPostgres.Durability.FULL)) {
            measure(postgres.url("ledger"));
        }
    }

    private static void measure(String url) {
        try (Database database = Database.open(url, LocalPostgres.USER, new Secret(""), 4)) {
            Migrations.apply(database, List.of(LedgerStore.migration(), LedgerStore.seals()));
            LedgerStore ledger = new LedgerStore(Clock.systemUTC());
            long made = 0;
            try (LedgerJournal journal = new LedgerJournal(database, ledger)) {
                journal.post(
                        Transfer.moving()
                                .take(Account.ECASH_TREASURY, Msat.of(1L << 50))
                                .give(Account.JOB_ESCROW, Msat.of(1L << 50))
                                .of("claim", "all"));
                for (int threads : THREADS) {
                    made += round(journal, threads);
                }
            }
            assertTrue(made > 0);
            long fees = 8 * made;
            assertEquals(fees, database.transaction(c -> ledger.balance(c, Account.FEE)).value());
            assertEquals(List.of(), new LedgerAuditStore(database).findings());
        }
    }

    private static long round(LedgerJournal journal, int threads) {
        AtomicLong made = new AtomicLong();
        long begin = System.nanoTime();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int thread = 0; thread < threads; thread++) {
                String name = threads + "/" + thread + "/";
                int first = thread;
                pool.execute(() -> {
                    for (int i = 0; System.nanoTime() - begin < LENGTH.toNanos(); i++) {
                        journal.post(settlement(name + i, (first + i) % PROVIDERS));
                        made.incrementAndGet();
                    }
                });
            }
        }
        long millis = Math.max(1, Duration.ofNanos(System.nanoTime() - begin).toMillis());
        IO.println(
                "ledger: %d threads, %d settlements/s"
                        .formatted(threads, made.get() * 1_000 / millis));
        return made.get();
    }

    private static Transfer settlement(String name, int provider) {
        return Transfer.moving()
                .take(Account.JOB_ESCROW, Msat.of(1_000))
                .give(Account.sats(provider), Msat.of(91))
                .give(Account.FEE, Msat.of(8))
                .give(Account.FX, Msat.of(1))
                .give(Account.ECASH_TREASURY, Msat.of(900))
                .of("settle", name);
    }
}
