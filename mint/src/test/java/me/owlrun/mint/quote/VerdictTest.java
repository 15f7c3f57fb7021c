package me.owlrun.mint.quote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.mint.lightning.Lightning.NodeState;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.testing.TestClock;
import me.owlrun.mint.testing.TestInvoices;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;

/// The rules by which a look-up means an end, one line per case.
final class VerdictTest {

    /// TestInvoices makes them at the first moment of this day; this one is good for an hour.
    private static final Invoice INVOICE =
            InvoiceReader.read(TestInvoices.of(Msat.ofSat(1), "", Duration.ofHours(1)))
                    .orElseThrow();

    private static final Instant FRESH = Instant.parse("2026-11-21T00:30:00Z");

    @ParameterizedTest
    @CsvSource({
        // look-up, asked node, answered failed?, node now, ready?, hours since, what it means
        "FAILED,    n1, false, n1, true,  0, FAILURE",
        "FAILED,    n1, true,  n1, true,  0, FAILURE",
        "FAILED,    n1, true,  n2, true,  9, OTHER_NODE",
        "FAILED,    n1, true,  '', true,  9, UNKNOWN",
        "FAILED,    '', false, n1, true,  0, SEND_AGAIN",
        "NOT_FOUND, '', false, n1, true,  0, SEND_AGAIN",
        "NOT_FOUND, '', false, n1, true,  9, SEND_AGAIN",
        "NOT_FOUND, n1, false, n1, true,  0, SEND_AGAIN",
        "NOT_FOUND, n1, false, n1, true,  1, SEND_AGAIN",
        "NOT_FOUND, n1, false, n1, true,  2, FAILURE",
        "NOT_FOUND, n1, false, n1, false, 2, NOT_FOUND",
        "NOT_FOUND, n1, false, n2, true,  2, OTHER_NODE",
        "NOT_FOUND, n1, true,  n1, true,  0, FAILURE",
        "NOT_FOUND, n1, true,  n1, false, 0, NOT_FOUND",
        "NOT_FOUND, n1, true,  n2, true,  0, OTHER_NODE",
        "NOT_FOUND, n1, true,  '', true,  9, UNKNOWN",
        "PENDING,   n1, true,  n1, true,  9, PENDING",
        "UNKNOWN,   n1, true,  n1, true,  9, UNKNOWN",
        "UNKNOWN,   '', false, n1, true,  9, UNKNOWN",
    })
    void of_anyLookUp_followsTheRules(
            String look,
            String asked,
            boolean answeredFailed,
            String node,
            boolean ready,
            int hours,
            String meaning) {
        Verdict.Case known =
                new Verdict.Case(
                        new MeltAttempt.Evidence(
                                FRESH, text(asked), answeredFailed, Optional.empty()),
                        INVOICE,
                        text(node).map(id -> new NodeState(id, Msat.ZERO, ready)),
                        true,
                        FRESH.plus(Duration.ofHours(hours)));
        PaymentOutcome outcome =
                switch (look) {
                    case "FAILED" -> new PaymentOutcome.Failed("");
                    case "NOT_FOUND" -> new PaymentOutcome.NotFound();
                    case "PENDING" -> new PaymentOutcome.Pending();
                    default -> new PaymentOutcome.Unknown("");
                };
        assertEquals(meaning, name(Verdict.of(outcome, known)));
    }

    @Test
    void of_paid_countsWithTheInvoicesPreimageOnly() {
        Verdict.Case strict = paidCase(true);
        Verdict.Case play = paidCase(false);
        String wrong = "ab".repeat(32);
        assertEquals("BAD_PREIMAGE", name(Verdict.of(paid(wrong), strict)));
        assertEquals("BAD_PREIMAGE", name(Verdict.of(paid("00".repeat(32)), strict)));
        assertInstanceOf(Verdict.Settle.class, Verdict.of(paid(wrong), play));
        assertEquals("BAD_PREIMAGE", name(Verdict.of(paid(""), play)));
        assertEquals("BAD_PREIMAGE", name(Verdict.of(paid("AB".repeat(32)), play)));
        assertEquals("BAD_PREIMAGE", name(Verdict.of(paid(wrong + "ab"), play)));
    }

    @Test
    void of_paidByAnotherNode_isStillPaid() {
        SimNode node = new SimNode(new TestClock(FRESH), new SplittableRandom(1));
        Invoice invoice = node.invoice(Msat.ofSat(1), Duration.ofHours(1));
        node.isFaulty = false;
        Verdict.Case known =
                new Verdict.Case(
                        new MeltAttempt.Evidence(FRESH, Optional.of("n1"), true, Optional.empty()),
                        invoice,
                        Optional.of(new NodeState("n2", Msat.ZERO, true)),
                        true,
                        FRESH);
        PaymentOutcome proven = paid(node.preimageHex(invoice.paymentHash()));
        assertInstanceOf(Verdict.Settle.class, Verdict.of(proven, known));
    }

    private static Verdict.Case paidCase(boolean proves) {
        return new Verdict.Case(
                MeltAttempt.Evidence.fresh(FRESH),
                INVOICE,
                Optional.of(new NodeState("n1", Msat.ZERO, true)),
                proves,
                FRESH);
    }

    private static PaymentOutcome paid(String preimageHex) {
        return new PaymentOutcome.Paid(preimageHex, Msat.ZERO);
    }

    private static Optional<String> text(String text) {
        return text == null || text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static String name(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Settle(var _) -> "SETTLE";
            case Verdict.Failure() -> "FAILURE";
            case Verdict.SendAgain() -> "SEND_AGAIN";
            case Verdict.Wait(Sight sight) -> sight.name();
        };
    }
}
