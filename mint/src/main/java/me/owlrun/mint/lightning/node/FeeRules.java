package me.owlrun.mint.lightning.node;

import me.owlrun.money.Msat;

/// How much is kept back for routing fees.
///
/// @param percent of the amount, whole
/// @param min the least, above zero
/// @param estimatePercentMax the most, in whole per cent of the amount, that a node's own estimate
///   may raise it to
public record FeeRules(long percent, Msat min, long estimatePercentMax) {

    /// The reserve for an amount, without knowing the way.
    public Msat reserve(Msat amount) {
        return max(part(amount, percent), min);
    }

    /// The reserve for an amount whose way the node estimated.
    public Msat reserve(Msat amount, Msat estimate) {
        return max(reserve(amount), estimate.min(part(amount, estimatePercentMax)));
    }

    private static Msat part(Msat amount, long percent) {
        return new Msat(Math.ceilDiv(Math.multiplyExact(amount.value(), percent), 100L));
    }

    /// The larger of the two.
    public static Msat max(Msat one, Msat other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
