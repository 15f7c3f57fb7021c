package me.owlrun.gateway.meter;

import me.owlrun.money.Msat;

/// How the cost of a job is divided; the three parts add up to it exactly (spec section 2).
///
/// @param provider what the provider earns, the odd millisat included
/// @param fee the gateway's share
/// @param fx the margin for the exchange rate
public record Split(Msat provider, Msat fee, Msat fx) {

    private static final long PERCENT = 100;
    private static final long PERMILLE = 1000;

    /// Divides a cost: 1 % margin rounded down, then the fee of the tier rounded down, the rest to
    /// the provider. The smallest cost is halved, the odd millisat to the provider.
    ///
    /// @param cost at least the smallest
    /// @param costMin the smallest cost of a job
    public static Split of(Msat cost, ProviderTier tier, Msat costMin) {
        if (cost.compareTo(costMin) < 0) {
            throw new IllegalArgumentException("a job costs at least " + costMin);
        }
        if (cost.equals(costMin)) {
            Msat half = Msat.of(cost.value() / 2);
            return new Split(cost.minus(half), half, Msat.ZERO);
        }
        Msat fx = Msat.of(cost.value() / PERCENT);
        Msat price = cost.minus(fx);
        Msat fee = floorPercent(price, tier.feePercent());
        return new Split(price.minus(fee), fee, fx);
    }

    private static Msat floorPercent(Msat amount, int percent) {
        return Msat.of(Math.multiplyExact(amount.value(), (long) percent) / PERCENT);
    }

    /// The same with a part of the provider's in the fee, rounded down.
    ///
    /// @param permille how much of it
    public Split flapped(int permille) {
        Msat lost = Msat.of(Math.multiplyExact(provider.value(), (long) permille) / PERMILLE);
        return new Split(provider.minus(lost), fee.plus(lost), fx);
    }

    /// What was divided.
    public Msat cost() {
        return provider.plus(fee).plus(fx);
    }
}
