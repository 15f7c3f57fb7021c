package me.owlrun.gateway.payout;

import me.owlrun.gateway.vault.MintOperation;

import java.util.Optional;

/// What payouts need of the mint.
interface PayoutMint {

    /// Asks it to pay, or to swap; the same again is safe.
    ///
    /// @param first whether it cannot have been asked before
    PayoutEvent send(Payout payout, MintOperation operation, boolean first);

    /// Asks how a payment stands.
    PayoutEvent look(Payout payout, MintOperation operation);

    /// Swaps the inputs of a payment into new coins of ours; the same again is safe.
    PayoutEvent recall(Payout payout, MintOperation recall);

    /// The swap that takes the inputs of a payment back; empty while the mint does not tell its
    /// keys.
    Optional<MintOperation> planRecall(MintOperation payment);
}
