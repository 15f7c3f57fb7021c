package me.owlrun.mint.quote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.bolt11.Invoice;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.step.Steps;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/// Melts of two processes on one database against a node that lies in every way a node may, with
/// crashes between steps and processes that sleep past their lease: one thread, a virtual clock,
/// one seed per round. `-Dowlrun.melt.seeds=N` plays more rounds, `-Dowlrun.melt.seed=S` only one.
final class MeltSimulationTest {

    private static final Logger LOG = System.getLogger(MeltSimulationTest.class.getName());

    private static final int SEEDS = Integer.getInteger("owlrun.melt.seeds", 500);
    private static final int AUDIT_EVERY = 10;
    private static final int EVENTS = 10;
    private static final int ROUNDS_TO_REST_MAX = 400;

    /// Thousands of alarms are the point here, and no news.
    private static final java.util.logging.Logger ALARMS =
            java.util.logging.Logger.getLogger(Courier.class.getPackageName());

    private final TestClock clock = new TestClock(Instant.parse("2026-11-21T12:00:00Z"));
    private final MeltProcesses processes = new MeltProcesses(clock);
    private final Map<Step, Integer> crashes = new EnumMap<>(Step.class);
    private final Map<Courier.Stand, Integer> stands = new EnumMap<>(Courier.Stand.class);

    private long held = MeltProcesses.ISSUED;
    private int paid;
    private int failed;
    private int stops;

    /// Thrown where a process is killed.
    private static final class Killed extends RuntimeException {}

    @BeforeEach
    void silence() {
        ALARMS.setLevel(java.util.logging.Level.OFF);
    }

    @AfterEach
    void close() {
        ALARMS.setLevel(null);
        processes.close();
    }

    @Test
    void anyFaults_neverLoseOrDoubleMoney() {
        Integer only = Integer.getInteger("owlrun.melt.seed");
        for (int seed = only == null ? 0 : only; seed < (only == null ? SEEDS : only + 1); seed++) {
            try {
                new Round(seed).play();
                if (seed % AUDIT_EVERY == 0 || only != null) {
                    Audit.check(processes.place, CurrencyUnit.SAT, held);
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        Audit.check(processes.place, CurrencyUnit.SAT, held);
        ALARMS.setLevel(null);
        LOG.log(
                Level.INFO,
                "melts: {0} paid, {1} not paid, {2} stops, resumed {3}, crashes {4}",
                paid,
                failed,
                stops,
                stands,
                crashes);
        if (only == null) {
            assertTrue(paid > SEEDS / 2 && failed > SEEDS / 4 && stops > 0, "too tame");
            assertTrue(crashes.keySet().containsAll(meltSteps()), "not killed everywhere");
        }
    }

    private static List<Step> meltSteps() {
        return List.of(
                Step.MELT_VERIFIED,
                Step.MELT_BEGUN,
                Step.MELT_ANSWERED,
                Step.MELT_WRITTEN,
                Step.MELT_COMMITTED);
    }

    /// One seed.
    private final class Round {

        private final SplittableRandom random;
        private final SimNode node;
        private final List<Payments> both = new ArrayList<>();
        private final List<MeltQuote> quotes = new ArrayList<>();
        private boolean isNested;

        Round(int seed) {
            this.random = new SplittableRandom(seed);
            this.node = new SimNode(clock, random);
            for (int i = 0; i < 2; i++) {
                Payers payers = new InlinePayers(clock, () -> chance(10));
                Steps steps = this::reached;
                both.add(processes.process(node, payers, steps));
            }
            node.meanwhile = this::others;
        }

        private boolean chance(int perCent) {
            return node.isFaulty && random.nextInt(100) < perCent;
        }

        private void reached(Step step) {
            if (chance(4)) {
                crashes.merge(step, 1, Integer::sum);
                throw new Killed();
            }
            // Before sending, sleep matters most.
            if (step != Step.MELT_WRITTEN && chance(step == Step.MELT_BEGUN ? 15 : 3)) {
                others();
            }
        }

        /// The process at work sleeps past its lease, and another one looks around.
        private void others() {
            if (isNested) {
                return;
            }
            isNested = true;
            node.maySwap = false;
            clock.advance(MeltProcesses.LEASE.plusSeconds(random.nextInt(30)));
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                resume();
                clock.advance(Duration.ofSeconds(random.nextInt(20)));
            }
            isNested = false;
            node.maySwap = true;
        }

        void play() {
            for (int i = random.nextInt(1, 3); i > 0; i--) {
                Duration expiry = Duration.ofMinutes(random.nextBoolean() ? 10 : 100_000);
                Invoice invoice = node.invoice(Msat.ofSat(MeltProcesses.AMOUNT), expiry);
                quotes.add(processes.quote(invoice));
            }
            for (int i = 0; i < EVENTS; i++) {
                event();
                requireNothingReleasedThatWasPaid();
            }
            comeToRest();
            requireNothingReleasedThatWasPaid();
            quotes.forEach(this::book);
        }

        private void event() {
            switch (random.nextInt(3)) {
                case 0 -> start(quotes.get(random.nextInt(quotes.size())));
                case 1 -> clock.advance(Duration.ofSeconds(random.nextInt(1, 900)));
                default -> resume();
            }
        }

        private void start(MeltQuote quote) {
            Payments process = both.get(random.nextInt(2));
            try {
                Optional<ErrorCode> refusal = processes.start(process, quote, true);
                if (refusal.equals(Optional.of(ErrorCode.DISABLED))) {
                    stops++;
                    assertTrue(processes.control().resume());
                }
            } catch (Killed _) {
                return;
            }
        }

        private void resume() {
            try {
                both.get(random.nextInt(2))
                        .resumeOne()
                        .ifPresent(stand -> stands.merge(stand, 1, Integer::sum));
            } catch (Killed _) {
                return;
            }
        }

        /// The node tells the truth from now on, and time passes.
        private void comeToRest() {
            node.isFaulty = false;
            for (int i = 0; i < ROUNDS_TO_REST_MAX; i++) {
                if (processes.control().open(1).isEmpty()) {
                    return;
                }
                if (i % 50 == 49) {
                    node.swap();
                }
                if (processes.control().tripped().isPresent()) {
                    stops++;
                    assertTrue(processes.control().resume());
                }
                clock.advance(Duration.ofMinutes(1));
                resume();
            }
            throw new AssertionError("stuck: " + processes.control().open(1));
        }

        private void requireNothingReleasedThatWasPaid() {
            for (MeltQuote quote : quotes) {
                SimNode.Truth truth = node.truth(quote.paymentHash());
                assertTrue(truth.timesPaid <= 1, "paid twice");
                if (truth.isPaid || truth.isInFlight) {
                    long holding = count(quote, "state IN ('PENDING', 'PAID')");
                    assertEquals(1, holding, "released what is paid or may be");
                }
            }
        }

        /// At rest a quote is paid if and only if the node paid.
        private void book(MeltQuote quote) {
            SimNode.Truth truth = node.truth(quote.paymentHash());
            assertEquals(truth.isPaid ? 1 : 0, count(quote, "state = 'PAID'"));
            assertEquals(0, count(quote, "state = 'PENDING'"));
            if (!truth.isPaid) {
                failed++;
                return;
            }
            paid++;
            long fee = CurrencyUnit.SAT.ceilSteps(truth.fee);
            held -= MeltProcesses.AMOUNT + Math.min(fee, MeltProcesses.FEE_RESERVE);
            long loss = Math.max(0, truth.fee.value() - MeltProcesses.FEE_RESERVE * 1_000);
            assertEquals(loss, count(quote, "state = 'PAID' AND loss_msat = " + loss) * loss);
        }

        private long count(MeltQuote quote, String condition) {
            return number(
                    "SELECT count(*) FROM melt_attempt WHERE quote_id = '%s' AND %s"
                            .formatted(quote.id(), condition));
        }

        private long number(String query) {
            return processes.database.transaction(connection -> {
                try (var statement = connection.createStatement();
                        var row = statement.executeQuery(query)) {
                    assertTrue(row.next());
                    return row.getLong(1);
                }
            });
        }
    }
}
