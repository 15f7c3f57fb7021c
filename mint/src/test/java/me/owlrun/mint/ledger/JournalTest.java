package me.owlrun.mint.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.mint.Mint;
import me.owlrun.mint.audit.AuditStore;
import me.owlrun.mint.audit.Finding;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;
import me.owlrun.mint.step.Steps;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestMint;
import me.owlrun.mint.testing.TestWallet;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The journal without HTTP and curve: batches, collisions, races of two processes, totals, seals.
final class JournalTest {

    private static final long SEED = 20261121;
    private static final String GENERATOR =
            "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    private static final String KILL_OTHERS =
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """;
    private static final String LOOKS_THAT_WAIT =
            """
            SELECT count(*) FROM pg_locks
            WHERE relation = 'proof'::regclass AND NOT granted
            """;
    private static final Point ANY_POINT = point("any");

    private final TestMint place = TestMint.fresh();
    private final Ids ids =
            new Ids(
                    InstantSource.fixed(Instant.parse("2026-11-21T12:00:00.123456789Z")),
                    new SecureRandom());

    private Database database;
    private KeysetId keyset;
    private int counter;

    /// A mint issued 64 sat, and is gone.
    @BeforeEach
    void issue() {
        try (Mint mint = place.start("--fake.pay_delay=0")) {
            TestWallet wallet = new TestWallet(mint.url(), CurrencyUnit.SAT);
            assertEquals(64, TestWallet.sum(wallet.mint(64)));
            keyset = wallet.keyset().id();
        }
        database = Database.open(place.url(), LocalPostgres.USER, new Secret(""), 8);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void record_manyAtOnce_shareASealAndAddUp() throws Exception {
        try (Journal journal = held(256)) {
            List<Future<Recorded>> answers = new ArrayList<>();
            try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 100; i++) {
                    Entry entry = swap(List.of(fresh()), List.of(freshPoint()));
                    answers.add(pool.submit(() -> journal.record(entry)));
                }
            }
            for (Future<Recorded> answer : answers) {
                assertInstanceOf(Recorded.Fresh.class, answer.get());
            }
        }
        assertEquals(101, Audit.number(place, "SELECT sum(operations) FROM seal"));
        assertTrue(Audit.number(place, "SELECT count(*) FROM seal") < 60);
        Audit.check(place, CurrencyUnit.SAT, 64);
    }

    @Test
    void write_replayDoubleSpendAndTwiceSignedInOneBatch_eachGetsItsCode() throws Exception {
        Proof spent = fresh();
        Entry first = swap(List.of(spent), List.of(freshPoint()));
        Entry replay = again(first);
        Entry doubleSpend = swap(List.of(spent), List.of(freshPoint()));
        Entry signedTwice = swap(List.of(fresh()), List.of(first.outputs().getFirst().b()));
        Entry innocent = swap(List.of(fresh()), List.of(freshPoint()));
        List<Recorded> answers =
                together(List.of(first, replay, doubleSpend, signedTwice, innocent));
        assertInstanceOf(Recorded.Fresh.class, answers.get(0));
        assertEquals(new Recorded.Replay(first.promises()), answers.get(1));
        assertEquals(new Recorded.Conflict(ErrorCode.PROOFS_SPENT), answers.get(2));
        assertEquals(new Recorded.Conflict(ErrorCode.OUTPUTS_SIGNED), answers.get(3));
        assertInstanceOf(Recorded.Fresh.class, answers.get(4));
        // the same once more, when all of it lies in the ledger already
        List<Recorded> later = together(List.of(replay, doubleSpend, signedTwice, again(innocent)));
        assertEquals(new Recorded.Replay(first.promises()), later.get(0));
        assertEquals(new Recorded.Conflict(ErrorCode.PROOFS_SPENT), later.get(1));
        assertEquals(new Recorded.Conflict(ErrorCode.OUTPUTS_SIGNED), later.get(2));
        assertEquals(new Recorded.Replay(innocent.promises()), later.get(3));
        Audit.check(place, CurrencyUnit.SAT, 64);
    }

    @Test
    void record_moreThanWasIssued_isRefusedAloneAndInABatch() {
        try (Journal journal = journal()) {
            Entry stolen = entry(65, 0, List.of(proof(64), proof(1)), List.of());
            assertEquals(new Recorded.Conflict(ErrorCode.KEYSET_UNCOVERED), journal.record(stolen));
        }
        Entry stolen = entry(65, 0, List.of(proof(64), proof(1)), List.of());
        Entry honest = swap(List.of(fresh()), List.of(freshPoint()));
        List<Recorded> answers = together(List.of(stolen, honest));
        assertEquals(new Recorded.Conflict(ErrorCode.KEYSET_UNCOVERED), answers.get(0));
        assertInstanceOf(Recorded.Fresh.class, answers.get(1));
        Audit.check(place, CurrencyUnit.SAT, 64);
    }

    @Test
    void record_twoProcessesAndTheSameProofs_exactlyOneWins() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Proof> proofs = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            proofs.add(fresh());
        }
        int won = 0;
        try (Journal one = journal();
                Journal other = journal();
                ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Recorded>> answers = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                Journal journal = random.nextBoolean() ? one : other;
                List<Proof> inputs = new ArrayList<>();
                inputs.add(proofs.get(random.nextInt(12)));
                inputs.add(proofs.get(12 + random.nextInt(12)));
                Entry entry = swap(inputs, List.of(freshPoint(), freshPoint()));
                answers.add(pool.submit(() -> journal.record(entry)));
            }
            for (Future<Recorded> answer : answers) {
                Recorded recorded = answer.get();
                if (recorded instanceof Recorded.Fresh) {
                    won++;
                } else {
                    assertEquals(
                            new Recorded.Conflict(ErrorCode.PROOFS_SPENT),
                            recorded,
                            "seed " + SEED);
                }
            }
        }
        assertEquals(
                2L * won, Audit.number(place, "SELECT count(*) FROM proof WHERE state = 'SPENT'"));
        assertTrue(won > 0 && won <= 12, "won " + won + ", seed " + SEED);
        Audit.check(place, CurrencyUnit.SAT, 64);
    }

    @Test
    void record_queueFull_isRefusedAndNothingChanges() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(1);
        try (Journal journal = Journal.start(heldBy(open, reached), 1, 1, 1);
                ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Recorded>> answers = new ArrayList<>();
            Entry written = swap(List.of(fresh()), List.of(freshPoint()));
            answers.add(pool.submit(() -> journal.record(written)));
            reached.await();
            Entry waits = swap(List.of(fresh()), List.of(freshPoint()));
            answers.add(pool.submit(() -> journal.record(waits)));
            while (journal.waiting() == 0) {
                Thread.onSpinWait();
            }
            Entry tooMany = swap(List.of(fresh()), List.of(freshPoint()));
            assertEquals(new Recorded.Conflict(ErrorCode.BUSY), journal.record(tooMany));
            open.countDown();
            for (Future<Recorded> answer : answers) {
                assertInstanceOf(Recorded.Fresh.class, answer.get());
            }
            assertInstanceOf(Recorded.Fresh.class, journal.record(tooMany));
        }
        Audit.check(place, CurrencyUnit.SAT, 64);
    }

    @Test
    void record_connectionDiesBeforeTheCommit_failsAndTheSameRequestWorksLater() {
        Entry entry = swap(List.of(fresh()), List.of(freshPoint()));
        Steps kill = step -> assertTrue(Audit.number(place, KILL_OTHERS) > 0);
        try (Journal journal = Journal.start(database, (c, amounts, now) -> false, kill)) {
            assertThrows(RuntimeException.class, () -> journal.record(entry));
        }
        try (Journal journal = journal()) {
            assertInstanceOf(Recorded.Fresh.class, journal.record(entry));
            assertEquals(new Recorded.Replay(entry.promises()), journal.record(again(entry)));
        }
        Audit.check(place, CurrencyUnit.SAT, 64);
    }

    @Test
    void look_knowsAnswersAndInputs() {
        Proof spent = fresh();
        Proof other = fresh();
        Entry entry = swap(List.of(spent), List.of(freshPoint()));
        try (Journal journal = journal()) {
            assertInstanceOf(Recorded.Fresh.class, journal.record(entry));
            RequestHash request = entry.operation().requestHash();
            RequestHash unknown = RequestHash.ofSwap(List.of(other), List.of());
            assertEquals(
                    new Journal.Seen(Optional.of(entry.promises()), Optional.empty(), false),
                    seen(journal.look(request, List.of())));
            assertEquals(
                    new Journal.Seen(Optional.empty(), Optional.of(ErrorCode.PROOFS_SPENT), true),
                    seen(journal.look(unknown, List.of(spent.y()))));
            assertEquals(
                    new Journal.Seen(Optional.empty(), Optional.of(ErrorCode.PROOFS_SPENT), false),
                    seen(journal.look(unknown, List.of(spent.y(), other.y()))));
            assertEquals(
                    new Journal.Seen(Optional.empty(), Optional.empty(), false),
                    seen(journal.look(unknown, List.of(other.y()))));
        }
    }

    @Test
    void look_swapCommitsMeanwhile_spentInputsAreSeenWithTheirAnswer() throws Exception {
        Proof input = fresh();
        Entry entry = swap(List.of(input), List.of(freshPoint()));
        try (Journal journal = journal();
                ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Outcome<Journal.Seen>>> looks = new ArrayList<>();
            database.inTransaction(connection -> {
                assertInstanceOf(Recorded.Fresh.class, LedgerStore.record(connection, entry));
                try (var statement = connection.createStatement()) {
                    statement.execute("LOCK TABLE proof IN ACCESS EXCLUSIVE MODE");
                }
                RequestHash request = entry.operation().requestHash();
                looks.add(pool.submit(() -> journal.look(request, List.of(input.y()))));
                while (Audit.number(place, LOOKS_THAT_WAIT) == 0) {
                    Thread.onSpinWait();
                }
            });
            assertEquals(Optional.of(entry.promises()), seen(looks.getFirst().get()).answer());
        }
    }

    @Test
    void audit_everyKindOfTampering_isFound() {
        try (Journal journal = journal()) {
            for (int i = 0; i < 3; i++) {
                Entry entry = swap(List.of(fresh()), List.of(freshPoint()));
                assertInstanceOf(Recorded.Fresh.class, journal.record(entry));
            }
        }
        Audit.check(place, CurrencyUnit.SAT, 64);
        String last = "(SELECT id FROM operation ORDER BY created_at, id LIMIT 1)";
        assertFound(
                "seals_cover_operations",
                "UPDATE operation SET created_at = created_at + interval '1 microsecond' WHERE id ="
                        + last);
        assertFound(
                "seals_cover_operations",
                "UPDATE proof SET witness = 'x' WHERE y = (SELECT min(y) FROM proof)");
        assertFound("seals_chained_lately", "UPDATE seal SET hash = sha256('x') WHERE n = 2");
        assertFound("seals_chained", "UPDATE seal SET hash = sha256('x') WHERE n = 2");
        assertFound("seals_head", "DELETE FROM seal WHERE n = (SELECT max(n) FROM seal)");
        assertFound("operations_sealed", "UPDATE operation SET seal_id = NULL WHERE id = " + last);
        assertFound(
                "totals_are_proofs_and_promises", "UPDATE keyset_total SET issued = issued + 1");
        assertFound("outstanding_is_the_operations", "UPDATE keyset_total SET issued = issued + 1");
        assertFound("pending_total_is_its_proofs", "UPDATE keyset_total SET pending = 1");
        assertFound(
                "operation_inputs_are_its_proofs",
                "DELETE FROM proof WHERE y = (SELECT min(y) FROM proof)");
        assertFound(
                "operation_outputs_are_its_promises",
                "DELETE FROM promise WHERE b = (SELECT min(b) FROM promise)");
    }

    /// Tampers, looks what the audit finds, and puts everything back.
    private void assertFound(String check, String tampering) {
        List<Finding> findings = new ArrayList<>();
        database.inTransaction(connection -> {
            try (var statement = connection.createStatement()) {
                assertTrue(statement.executeUpdate(tampering) > 0, tampering);
                findings.addAll(AuditStore.findings(connection, true));
            }
            connection.rollback();
        });
        assertTrue(
                findings.stream().anyMatch(f -> f.check().equals(check) && f.breaches() > 0),
                check + " by " + tampering + ": " + findings);
    }

    private List<Recorded> together(List<Entry> entries) {
        List<Recorded> answers = new ArrayList<>();
        CountDownLatch open = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(1);
        try (Journal journal = Journal.start(heldBy(open, reached), 1, 256, 256);
                ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            // the writer is kept busy until all of the batch waits in order
            Entry first = swap(List.of(fresh()), List.of(freshPoint()));
            Future<Recorded> busy = pool.submit(() -> journal.record(first));
            reached.await();
            List<Future<Recorded>> waiting = new ArrayList<>();
            for (Entry entry : entries) {
                int before = journal.waiting();
                waiting.add(pool.submit(() -> journal.record(entry)));
                while (journal.waiting() == before) {
                    Thread.onSpinWait();
                }
            }
            open.countDown();
            for (Future<Recorded> answer : waiting) {
                answers.add(answer.get());
            }
            assertInstanceOf(Recorded.Fresh.class, busy.get());
            return answers;
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// A store whose first transaction waits before its commit.
    private JournalStore heldBy(CountDownLatch open, CountDownLatch reached) {
        return new JournalStore(
                database,
                (connection, amounts, now) -> false,
                step -> {
                    reached.countDown();
                    await(open);
                });
    }

    private Journal journal() {
        return held(Journal.BATCH_MAX);
    }

    private Journal held(int batchMax) {
        return Journal.start(
                new JournalStore(database, (c, amounts, now) -> false, Steps.UNWATCHED),
                2,
                Journal.QUEUE_MAX,
                batchMax);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Journal.Seen seen(Outcome<Journal.Seen> outcome) {
        return assertInstanceOf(Outcome.Done.class, outcome).value() instanceof Journal.Seen seen
                ? seen
                : new Journal.Seen(Optional.empty(), Optional.empty(), false);
    }

    private Proof fresh() {
        return proof(1);
    }

    private Proof proof(long amount) {
        counter++;
        return new Proof(
                amount, keyset, "s" + counter, ANY_POINT, Optional.empty(), Optional.empty());
    }

    private Point freshPoint() {
        counter++;
        return point("b" + counter);
    }

    private static Point point(String secret) {
        return new Proof(
                        1,
                        new KeysetId("01" + "ab".repeat(32)),
                        secret,
                        Point.fromHex(GENERATOR),
                        Optional.empty(),
                        Optional.empty())
                .y();
    }

    /// The same request, as a retry makes it.
    private Entry again(Entry entry) {
        Operation o = entry.operation();
        return new Entry(
                new Operation(
                        ids.next(),
                        o.kind(),
                        o.unit(),
                        o.requestHash(),
                        o.quoteId(),
                        o.inputAmount(),
                        o.outputAmount(),
                        o.feeAmount(),
                        o.createdAt()),
                entry.inputs(),
                entry.outputs(),
                entry.signatures());
    }

    private Entry swap(List<Proof> inputs, List<Point> outputs) {
        return entry(inputs.size(), outputs.size(), inputs, outputs);
    }

    private Entry entry(long in, long out, List<Proof> inputs, List<Point> points) {
        List<BlindedMessage> outputs =
                points.stream().map(b -> new BlindedMessage(1, keyset, b)).toList();
        List<BlindSignature> signatures =
                points.stream()
                        .map(b -> new BlindSignature(1, keyset, ANY_POINT, Optional.empty()))
                        .toList();
        return new Entry(
                new Operation(
                        ids.next(),
                        in == out ? Operation.Kind.SWAP : Operation.Kind.MELT,
                        CurrencyUnit.SAT,
                        RequestHash.ofSwap(inputs, outputs),
                        Optional.empty(),
                        in,
                        out,
                        0,
                        Instant.parse("2026-11-21T12:00:00.987654321Z")),
                inputs,
                outputs,
                signatures);
    }
}
