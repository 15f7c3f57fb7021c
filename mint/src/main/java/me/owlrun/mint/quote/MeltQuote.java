package me.owlrun.mint.quote;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;

import java.time.Instant;
import java.util.UUID;

/// The mint's offer to pay an invoice for ecash (NUT-05). All amounts are steps of its unit.
///
/// @param id names it
/// @param unit the unit it takes
/// @param amount what the invoice asks for, rounded up to whole steps
/// @param feeReserve the most that Lightning may cost on top; what is left of it becomes change
/// @param request the invoice
/// @param paymentHash what names the invoice
/// @param state how far it is
/// @param expiresAt when it can no longer be taken up
record MeltQuote(
        UUID id,
        CurrencyUnit unit,
        long amount,
        long feeReserve,
        String request,
        PaymentHash paymentHash,
        State state,
        Instant expiresAt) {

    /// How far a melt quote is.
    sealed interface State {}

    /// Nothing happened, or every attempt failed for certain.
    record Unpaid() implements State {}

    /// An attempt is under way; its inputs are pending.
    record Pending() implements State {}

    /// The invoice is paid and the inputs are spent.
    ///
    /// @param preimageHex the proof of payment
    /// @param feePaid what Lightning cost
    record Paid(String preimageHex, long feePaid) implements State {}
}
