package me.owlrun.mint.quote;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.money.Msat;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// The mint's offer to pay an invoice for ecash (NUT-05). All amounts are steps of its unit.
///
/// @param id names it
/// @param unit the unit it takes
/// @param amount what is to arrive, rounded up to whole steps
/// @param feeReserve the most that Lightning may cost on top; what is left of it becomes change
/// @param request the invoice
/// @param paymentHash what names the invoice
/// @param chosen what is to arrive exactly, when the payer chose it: a part (NUT-15), or the amount
///   of an invoice that leaves it open; empty: the invoice's own amount
/// @param state how far it is
/// @param expiresAt when it can no longer be taken up
record MeltQuote(
        UUID id,
        CurrencyUnit unit,
        long amount,
        long feeReserve,
        String request,
        PaymentHash paymentHash,
        Optional<Msat> chosen,
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
    /// @param feePaid what the payer was charged for Lightning, at most the fee reserve
    record Paid(String preimageHex, long feePaid) implements State {}
}
