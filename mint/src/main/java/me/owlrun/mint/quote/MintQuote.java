package me.owlrun.mint.quote;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Point;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// The mint's promise to issue ecash for a Lightning payment (NUT-04), with its account of what was
/// paid and what was issued. All amounts are steps of its unit.
///
/// @param id whoever knows it may take the ecash
/// @param unit the unit to issue
/// @param amount what was asked for
/// @param request the invoice to pay
/// @param paymentHash what names the invoice
/// @param pubkey whose signature takes the ecash (NUT-20); none: whoever knows the quote
/// @param amountPaid what arrived so far
/// @param amountIssued what was issued of it
/// @param expiresAt when the invoice stops being payable; a late payment counts all the same
/// @param updatedAt when anything changed last
record MintQuote(
        UUID id,
        CurrencyUnit unit,
        long amount,
        String request,
        PaymentHash paymentHash,
        Optional<Point> pubkey,
        long amountPaid,
        long amountIssued,
        Instant expiresAt,
        Instant updatedAt) {

    /// The one-word form of the account, which older wallets read.
    enum State {
        /// Nothing arrived.
        UNPAID,
        /// Something arrived that is not issued yet.
        PAID,
        /// All that arrived is issued.
        ISSUED
    }

    State state() {
        if (amountPaid == 0) {
            return State.UNPAID;
        }
        return mintable() > 0 ? State.PAID : State.ISSUED;
    }

    /// What may still be issued.
    long mintable() {
        return amountPaid - amountIssued;
    }
}
