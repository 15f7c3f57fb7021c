package me.owlrun.mint.ldk;

import me.owlrun.bolt11.PaymentHash;

import java.time.Instant;
import java.util.HexFormat;

/// An invoice that a node made and what became of it.
///
/// @param terms what it says
/// @param reception what is done with a payment for it
/// @param amountPaidMsat what arrived; zero before
/// @param settleIndex counts the settled invoices of the node from one; zero before
/// @param settledAt the epoch before it is settled
record OwnInvoice(
        Terms terms,
        Reception reception,
        State state,
        long amountPaidMsat,
        long settleIndex,
        Instant settledAt) {

    /// Where an invoice stands, in the words of LND.
    enum State {
        OPEN,
        ACCEPTED,
        SETTLED
    }

    /// What never changes of an invoice.
    ///
    /// @param amountMsat zero when the payer chooses
    /// @param addIndex counts the invoices of the node from one
    record Terms(
            PaymentHash hash,
            String preimageHex,
            String paymentSecretHex,
            String request,
            String memo,
            long amountMsat,
            Instant created,
            long expirySeconds,
            long addIndex) {

        byte[] preimage() {
            return HexFormat.of().parseHex(preimageHex);
        }
    }

    OwnInvoice accepted(long amountMsat) {
        return new OwnInvoice(terms, reception, State.ACCEPTED, amountMsat, 0, Instant.EPOCH);
    }

    OwnInvoice settled(long index, Instant now) {
        return new OwnInvoice(terms, reception, State.SETTLED, amountPaidMsat, index, now);
    }

    /// A payment was sent back. The invoice stays open, as another one may come.
    OwnInvoice reopened() {
        return new OwnInvoice(terms, reception, State.OPEN, 0, 0, Instant.EPOCH);
    }
}
