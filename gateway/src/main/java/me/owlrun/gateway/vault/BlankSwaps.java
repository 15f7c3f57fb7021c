package me.owlrun.gateway.vault;

/// Carries out swaps into blanks of buyers' wallets.
@FunctionalInterface
public interface BlankSwaps {

    /// Runs a swap; it may have run before, here or elsewhere.
    BlankResult run(BlankSwap swap);
}
