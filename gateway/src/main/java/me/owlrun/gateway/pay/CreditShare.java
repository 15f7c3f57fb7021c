package me.owlrun.gateway.pay;

import me.owlrun.gateway.meter.Split;
import me.owlrun.money.Msat;

import java.math.BigInteger;

/// How much of each part of a job's cost is credit, so that credit stays credit: in proportion,
/// rounded down; the one or two millisats that are then left over go to the fee, the exchange
/// margin and the provider, in this order, each as far as its part has room. What is not credit is
/// sats, so both add up exactly.
///
/// @param provider of the provider's part
/// @param fee of the gateway's part
/// @param fx of the exchange margin
record CreditShare(Msat provider, Msat fee, Msat fx) {

    /// Divides the credit in a cost.
    ///
    /// @param credit what of the cost is paid in credit, at most the cost
    static CreditShare of(Split split, Msat credit) {
        Msat cost = split.cost();
        if (credit.compareTo(cost) > 0 || credit.compareTo(Msat.ZERO) < 0) {
            throw new IllegalArgumentException("credit of " + credit + " in a cost of " + cost);
        }
        Msat provider = part(split.provider(), credit, cost);
        Msat fee = part(split.fee(), credit, cost);
        Msat fx = part(split.fx(), credit, cost);
        Msat left = credit.minus(provider).minus(fee).minus(fx);
        Msat toFee = left.min(split.fee().minus(fee));
        left = left.minus(toFee);
        Msat toFx = left.min(split.fx().minus(fx));
        left = left.minus(toFx);
        return new CreditShare(provider.plus(left), fee.plus(toFee), fx.plus(toFx));
    }

    private static Msat part(Msat amount, Msat credit, Msat cost) {
        return Msat.of(
                BigInteger.valueOf(amount.value())
                        .multiply(BigInteger.valueOf(credit.value()))
                        .divide(BigInteger.valueOf(cost.value()))
                        .longValueExact());
    }
}
