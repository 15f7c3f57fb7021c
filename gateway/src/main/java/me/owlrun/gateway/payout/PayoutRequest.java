package me.owlrun.gateway.payout;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.SpendPicker;
import me.owlrun.money.Msat;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/// Everything that a payout needs to be written down.
///
/// @param sha256 of what was asked for, to tell a repeat from something else under the same key
/// @param reserve what the way may cost on top
/// @param tokenB whether its token is to be a cashuB
/// @param address the Lightning address it goes to; empty for none
/// @param invoice what the mint is to pay; empty for ecash
/// @param needSteps what its coins must be worth after the mint's fee
/// @param fees what the mint takes for spending
/// @param givenCount how many outputs of a swap are the user's
/// @param plan the swap or melt of the coins picked
record PayoutRequest(
        long accountId,
        boolean automatic,
        Optional<String> idempotencyKey,
        String sha256,
        Msat amount,
        Msat reserve,
        CurrencyUnit unit,
        boolean tokenB,
        String address,
        Optional<ToPay> invoice,
        long needSteps,
        SpendPicker.FeeOf fees,
        int givenCount,
        Function<SpendPicker.Picked, MintOperation> plan) {

    /// An invoice that the mint offers to pay.
    ///
    /// @param expiresAt when the offer ends
    record ToPay(String bolt11, String paymentHash, Optional<Instant> expiresAt) {}

    Payout.Method method() {
        return invoice.isPresent() ? Payout.Method.LIGHTNING : Payout.Method.ECASH;
    }

    @Override
    public String toString() {
        return "PayoutRequest[account=" + accountId + ", amount=" + amount + "]";
    }
}
