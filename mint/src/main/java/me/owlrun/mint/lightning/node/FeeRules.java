package me.owlrun.mint.lightning.node;

import me.owlrun.money.Msat;

/// How far a node's own estimate of a fee is believed.
///
/// @param estimatePercentMax the most, in whole per cent of the amount, that counts of it
public record FeeRules(long estimatePercentMax) {

    private static final long PER_CENT = 100;

    /// What counts of an estimate for paying an amount.
    public Msat believed(Msat amount, Msat estimate) {
        long most = Math.ceilDiv(Math.multiplyExact(amount.value(), estimatePercentMax), PER_CENT);
        return estimate.min(new Msat(most));
    }
}
