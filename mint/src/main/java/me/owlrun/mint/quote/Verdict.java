package me.owlrun.mint.quote;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.mint.lightning.Lightning.NodeState;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.quote.MeltAttempt.Evidence;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a look-up means for an attempt, by the rules that keep the mint from giving inputs back for
/// an invoice that is paid, and from paying twice. Nothing here is a guess: what does not prove an
/// end means waiting.
sealed interface Verdict {

    /// How long after an invoice expired nobody can pay it any more, whatever the clocks say.
    Duration EXPIRED_FOR_CERTAIN = Duration.ofHours(1);

    /// Exactly 32 bytes in the one form that is handed out.
    Pattern PREIMAGE_HEX = Pattern.compile("[0-9a-f]{64}");

    /// The invoice is paid, and that is proven.
    record Settle(PaymentOutcome.Paid paid) implements Verdict {}

    /// The payment failed, if a later look-up says so again.
    record Failure() implements Verdict {}

    /// The node knows nothing of it: the same invoice can be sent again without being paid twice.
    record SendAgain() implements Verdict {}

    /// Nothing is certain.
    record Wait(Sight sight) implements Verdict {}

    /// What is known beside the look-up.
    ///
    /// @param evidence what is known of the attempt
    /// @param invoice what is paid
    /// @param node who was looked at; empty: it does not say who it is
    /// @param provesPayments whether the backend's preimages are those of its invoices
    /// @param now the time
    record Case(
            Evidence evidence,
            Invoice invoice,
            Optional<NodeState> node,
            boolean provesPayments,
            Instant now) {

        private boolean isOtherNode() {
            return evidence.nodeId().isPresent()
                    && node.isPresent()
                    && !evidence.nodeId().get().equals(node.get().id());
        }

        private boolean isExpiredForCertain() {
            return now.isAfter(invoice.expiresAt().plus(EXPIRED_FOR_CERTAIN));
        }
    }

    static Verdict of(PaymentOutcome look, Case known) {
        if (look instanceof PaymentOutcome.Paid paid) {
            return isProven(paid, known.invoice(), known.provesPayments())
                    ? new Settle(paid)
                    : new Wait(Sight.BAD_PREIMAGE);
        }
        if (known.node().isEmpty()) {
            return new Wait(Sight.UNKNOWN);
        }
        if (known.isOtherNode()) {
            return new Wait(Sight.OTHER_NODE);
        }
        return switch (look) {
            case PaymentOutcome.Failed(var _) ->
                    known.evidence().nodeId().isPresent() ? new Failure() : new SendAgain();
            case PaymentOutcome.NotFound() -> notFound(known, known.node().get().ready());
            case PaymentOutcome.Pending() -> new Wait(Sight.PENDING);
            case PaymentOutcome.Unknown(var _) -> new Wait(Sight.UNKNOWN);
            case PaymentOutcome.Paid(var _, var _) -> throw new IllegalStateException("see above");
        };
    }

    private static Verdict notFound(Case known, boolean ready) {
        if (!ready) {
            return new Wait(Sight.NOT_FOUND);
        }
        boolean asked = known.evidence().nodeId().isPresent();
        boolean over = known.evidence().answeredFailed() || known.isExpiredForCertain();
        return asked && over ? new Failure() : new SendAgain();
    }

    /// Whether an answer of *paid* can be believed.
    static boolean isProven(PaymentOutcome.Paid paid, Invoice invoice, boolean provesPayments) {
        if (!PREIMAGE_HEX.matcher(paid.preimageHex()).matches()) {
            return false;
        }
        byte[] preimage = HexFormat.of().parseHex(paid.preimageHex());
        return !provesPayments || PaymentHash.ofPreimage(preimage).equals(invoice.paymentHash());
    }
}
