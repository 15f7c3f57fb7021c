package me.owlrun.mint.lightning.node;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.bolt11.PaymentHash;
import me.owlrun.mint.lightning.Lightning.OutgoingPayment;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.lightning.PaymentOutcome.Failed;
import me.owlrun.mint.lightning.PaymentOutcome.NotFound;
import me.owlrun.mint.lightning.PaymentOutcome.Paid;
import me.owlrun.mint.lightning.PaymentOutcome.Pending;
import me.owlrun.mint.lightning.PaymentOutcome.Unknown;
import me.owlrun.money.Msat;

import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/// Rules that hold for payments at every node.
public final class Attempts {

    private static final int VERSION_WITH_TIME = 7;
    private static final int TIME_SHIFT = 16;

    private Attempts() {}

    /// Paid, if the preimage proves it; a node may show none, or a row of zeros.
    public static PaymentOutcome paid(OutgoingPayment payment, String preimageHex, Msat fee) {
        try {
            byte[] preimage = HexFormat.of().parseHex(preimageHex);
            if (PaymentHash.ofPreimage(preimage).equals(payment.invoice().paymentHash())) {
                return new Paid(HexFormat.of().formatHex(preimage), fee);
            }
        } catch (IllegalArgumentException _) {
            return new Unknown("the node says paid, without a preimage");
        }
        return new Unknown("the node says paid, with a preimage that proves nothing");
    }

    /// Why a payment must not even be tried at a node that pays whole invoices only, or the choice
    /// of an amount for invoices without one.
    public static Optional<Failed> flaw(OutgoingPayment payment, Chain chain, boolean partial) {
        Invoice invoice = payment.invoice();
        if (!chain.hasInvoices(invoice.network())) {
            return Optional.of(new Failed("the invoice is of another network"));
        }
        Optional<Msat> asked = invoice.amount();
        if (asked.isPresent()) {
            int order = payment.amount().compareTo(asked.get());
            if (order > 0 || (order < 0 && !partial)) {
                return Optional.of(new Failed("the amount is not the invoice's"));
            }
        }
        return payment.amount().isPositive()
                ? Optional.empty()
                : Optional.of(new Failed("nothing to pay"));
    }

    /// What paying came to when the node answered that it would not: if it has no trace of the
    /// attempt either, nothing was sent.
    public static PaymentOutcome refused(PaymentOutcome look, String reason) {
        return switch (look) {
            case NotFound() -> new Failed(reason);
            case Failed(var _) -> new Failed(reason);
            case Paid _, Pending _, Unknown _ -> look;
        };
    }

    /// What paying came to when the node answered that it knows this payment already: if a look-up
    /// does not find it, nobody can tell.
    public static PaymentOutcome alreadyThere(PaymentOutcome look) {
        return look instanceof NotFound
                ? new Unknown("the node knows the payment and does not find it")
                : look;
    }

    /// A failure that a node reports of a payment made at this time. One from before the attempt
    /// began is that of an earlier attempt and says nothing of this one.
    public static PaymentOutcome failed(OutgoingPayment payment, Instant made, String reason) {
        return made.isBefore(begun(payment.attemptId())) ? new NotFound() : new Failed(reason);
    }

    /// When an attempt began: its name holds the time, to the millisecond.
    static Instant begun(UUID attemptId) {
        return attemptId.version() == VERSION_WITH_TIME
                ? Instant.ofEpochMilli(attemptId.getMostSignificantBits() >>> TIME_SHIFT)
                : Instant.EPOCH;
    }

    /// An invoice that a node made, if it is what was asked for.
    ///
    /// @throws LightningException when it is not
    public static Invoice made(String request, Msat amount, Chain chain) {
        Invoice invoice =
                InvoiceReader.read(request)
                        .orElseThrow(() -> new LightningException("the node's invoice is broken"));
        if (!chain.hasInvoices(invoice.network())) {
            throw new LightningException("the node is on another network than the mint");
        }
        if (!invoice.amount().equals(Optional.of(amount))) {
            throw new LightningException("the node's invoice asks for another amount");
        }
        return invoice;
    }
}
