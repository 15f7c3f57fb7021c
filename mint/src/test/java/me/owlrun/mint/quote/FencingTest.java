package me.owlrun.mint.quote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.bolt11.Invoice;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.quote.Courier.Stand;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.step.Steps;
import me.owlrun.mint.testing.Audit;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Two processes and one payment: whoever sleeps past the lease sends and writes nothing more, and
/// a failure gives inputs back only when it is confirmed.
final class FencingTest {

    private final TestClock clock = new TestClock(Instant.parse("2026-11-21T12:00:00Z"));
    private final MeltProcesses processes = new MeltProcesses(clock);
    private final ScriptNode node = new ScriptNode(clock);
    private final Payers payers = new InlinePayers(clock, () -> false);
    private final Payments other = processes.process(node, payers, Steps.UNWATCHED);
    private final Invoice invoice = node.invoice(Msat.ofSat(MeltProcesses.AMOUNT));
    private final MeltQuote quote = processes.quote(invoice);

    @AfterEach
    void close() {
        processes.close();
    }

    @Test
    void send_afterTheLeaseRanOut_isNotDone() {
        Steps sleeps =
                step -> {
                    if (step == Step.MELT_BEGUN) {
                        clock.advance(MeltProcesses.LEASE);
                    }
                };
        Payments sleeper = processes.process(node, payers, sleeps);

        assertEquals(Optional.empty(), processes.start(sleeper, quote, true));

        assertEquals(0, node.pays);
        assertEquals("PENDING", state());
        assertEquals(Optional.of(Stand.PAID), other.resumeOne());
        assertEquals(1, node.pays);
        Audit.check(processes.place, CurrencyUnit.SAT, held(1));
    }

    @Test
    void answer_afterTheLeaseRanOut_isNotWritten() {
        Payments sleeper = processes.process(node, payers, Steps.UNWATCHED);
        node.pay = new PaymentOutcome.Failed("of no use");
        node.look = new PaymentOutcome.Failed("of no use");
        node.duringPay =
                () -> {
                    clock.advance(MeltProcesses.LEASE);
                    PaymentOutcome stale = node.look;
                    node.look = node.paid(invoice, Msat.ofSat(1));
                    assertEquals(Optional.of(Stand.PAID), other.resumeOne());
                    node.look = stale;
                };

        assertEquals(Optional.empty(), processes.start(sleeper, quote, true));

        assertEquals("PAID", state());
        Audit.check(processes.place, CurrencyUnit.SAT, held(1));
    }

    @Test
    void pay_whileTheCallIsOpen_isTakenOverButNotGivenBack() {
        Payments sleeper = processes.process(node, payers, Steps.UNWATCHED);
        node.pay = node.paid(invoice, Msat.ZERO);
        node.duringPay =
                () -> {
                    clock.advance(MeltProcesses.LEASE);
                    node.look = new PaymentOutcome.Failed("stale");
                    assertEquals(Optional.of(Stand.OPEN), other.resumeOne());
                    assertEquals("PENDING", state());
                    clock.advance(Duration.ofSeconds(4));
                    assertEquals(Optional.empty(), other.resumeOne(), "too early to confirm");
                    node.look = new PaymentOutcome.Pending();
                    clock.advance(Duration.ofSeconds(2));
                    assertEquals(Optional.of(Stand.OPEN), other.resumeOne());
                };

        assertEquals(Optional.empty(), processes.start(sleeper, quote, true));

        assertEquals("PENDING", state(), "the sleeper holds no lease, its answer is not written");
        node.look = node.pay;
        clock.advance(Duration.ofMinutes(1));
        assertEquals(Optional.of(Stand.PAID), other.resumeOne());
        assertFalse(processes.control().tripped().isPresent());
        Audit.check(processes.place, CurrencyUnit.SAT, held(0));
    }

    @Test
    void paid_afterTheInputsWereGivenBack_isBookedAsLossAndStopsMelting() {
        Payments sleeper = processes.process(node, payers, Steps.UNWATCHED);
        node.pay = node.paid(invoice, Msat.ofSat(1));
        node.duringPay =
                () -> {
                    clock.advance(MeltProcesses.LEASE);
                    node.look = new PaymentOutcome.Failed("a lie");
                    assertEquals(Optional.of(Stand.OPEN), other.resumeOne());
                    clock.advance(MeltProcesses.CONFIRM);
                    assertEquals(Optional.of(Stand.FAILED), other.resumeOne());
                };

        assertEquals(Optional.empty(), processes.start(sleeper, quote, true));

        assertEquals(Msat.ofSat(101), processes.control().loss());
        assertTrue(processes.control().tripped().isPresent());
        Audit.check(processes.place, CurrencyUnit.SAT, MeltProcesses.ISSUED);
    }

    @Test
    void failed_confirmedWhileTheWalletWaits_givesBack() {
        node.pay = new PaymentOutcome.Failed("no route");
        node.look = new PaymentOutcome.Failed("no route");
        Instant before = clock.instant();
        assertEquals(Optional.of(ErrorCode.PAYMENT_FAILED), processes.start(other, quote, true));
        assertEquals(before.plus(MeltProcesses.CONFIRM), clock.instant());
        assertEquals(2, node.looks);
        assertEquals("UNPAID", state());
    }

    @Test
    void failed_seenByAnotherNode_givesNothingBack() {
        node.pay = new PaymentOutcome.Unknown("lost");
        node.look = new PaymentOutcome.Pending();
        assertEquals(Optional.empty(), processes.start(other, quote, true));
        node.id = "another";
        node.look = new PaymentOutcome.Failed("never heard of it");
        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofMinutes(10));
            assertEquals(Optional.of(Stand.OPEN), other.resumeOne());
        }
        OpenMelt open = processes.control().open(10).getFirst();
        assertEquals(Optional.of("OTHER_NODE"), open.outcome());
        assertEquals(Optional.of(ScriptNode.ID), open.nodeId());
        assertEquals(5, open.looks());
        assertEquals(1, node.pays);
        node.id = ScriptNode.ID;
        clock.advance(Duration.ofMinutes(10));
        assertEquals(Optional.of(Stand.OPEN), other.resumeOne());
        clock.advance(MeltProcesses.CONFIRM);
        assertEquals(Optional.of(Stand.FAILED), other.resumeOne());
    }

    @Test
    void pending_forEver_isLookedAtLessAndLessOftenAndAlarmsOnce() {
        node.pay = new PaymentOutcome.Pending();
        node.look = new PaymentOutcome.Pending();
        assertEquals(Optional.empty(), processes.start(other, quote, true));
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            OpenMelt open = processes.control().open(1).getFirst();
            Instant seen = open.outcomeAt().orElseThrow();
            waits.add(Duration.between(seen, open.leaseUntil()).toSeconds());
            boolean late = seen.isAfter(open.since().plus(Duration.ofMinutes(15)));
            assertEquals(late ? 1 : 0, alarms());
            clock.advance(Duration.between(clock.instant(), open.leaseUntil()));
            assertEquals(Optional.of(Stand.OPEN), other.resumeOne());
        }
        assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 512L, 600L, 600L), waits);
        assertEquals(1, alarms());
        assertEquals(1, node.pays);
        assertEquals("PENDING", state());
    }

    @Test
    void pay_isGivenTheLimitInMillisatsAndTheNodeIsWrittenBefore() {
        node.duringPay =
                () -> {
                    OpenMelt open = processes.control().open(1).getFirst();
                    assertEquals(Optional.of(ScriptNode.ID), open.nodeId());
                    assertEquals(1, open.sends());
                    assertEquals(Optional.empty(), open.answer());
                };
        assertEquals(Optional.empty(), processes.start(other, quote, true));
        var asked = node.asked.orElseThrow();
        assertEquals(Msat.ofSat(MeltProcesses.FEE_RESERVE), asked.feeLimit());
        assertEquals(Msat.ofSat(MeltProcesses.AMOUNT), asked.amount());
        assertEquals("PAID", state());
    }

    @Test
    void start_whenTheNodeCannotPay_holdsNothing() {
        node.isReady = false;
        assertEquals(Optional.of(ErrorCode.PAYMENT_FAILED), processes.start(other, quote, true));
        assertEquals(List.of(), processes.control().open(1));
        assertEquals(0, node.pays);
        assertEquals("UNPAID", state());
    }

    @Test
    void stopped_paymentThatWouldBeSentAgain_waitsForTheOperator() {
        node.pay = new PaymentOutcome.Unknown("lost on the way");
        node.look = new PaymentOutcome.NotFound();
        assertEquals(Optional.empty(), processes.start(other, quote, true));
        assertTrue(
                new MeltBreakerStore(processes.database)
                        .trip("by hand", quote.id(), clock.instant()));
        clock.advance(Duration.ofMinutes(1));
        assertEquals(Optional.of(Stand.OPEN), other.resumeOne());
        assertEquals(1, node.pays);
        assertEquals(Optional.of("STOPPED"), processes.control().open(1).getFirst().outcome());
        assertTrue(processes.control().resume());
        node.pay = node.paid(invoice, Msat.ZERO);
        clock.advance(Duration.ofMinutes(1));
        assertEquals(Optional.of(Stand.PAID), other.resumeOne());
        assertEquals(2, node.pays);
    }

    private long alarms() {
        return Audit.number(
                processes.place, "SELECT count(*) FROM melt_attempt WHERE alarmed_at IS NOT NULL");
    }

    private String state() {
        MeltQuote.State state =
                new MeltQuoteStore(processes.database).find(quote.id()).orElseThrow().state();
        return switch (state) {
            case MeltQuote.Unpaid() -> "UNPAID";
            case MeltQuote.Pending() -> "PENDING";
            case MeltQuote.Paid(var _, var _) -> "PAID";
        };
    }

    private static long held(long fee) {
        return MeltProcesses.ISSUED - MeltProcesses.AMOUNT - fee;
    }
}
