package me.owlrun.gateway.meter;

import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.money.Msat;

/// The bill of one job with everything it was made from, so that it can be made again.
///
/// @param usage the tokens billed
/// @param price what they cost in USD
/// @param rate what a bitcoin cost
/// @param tier the provider's tier
/// @param costMin the smallest cost of a job then
/// @param split where the money goes
/// @param flapPermille what the node lost of its part by a switch of models, to the fee
public record Bill(
        Usage usage,
        ModelPrice price,
        BtcRate rate,
        ProviderTier tier,
        Msat costMin,
        Split split,
        int flapPermille) {

    /// A bill of a node that loses nothing.
    public Bill(
            Usage usage,
            ModelPrice price,
            BtcRate rate,
            ProviderTier tier,
            Msat costMin,
            Split split) {
        this(usage, price, rate, tier, costMin, split, 0);
    }

    /// Bills tokens, at most what was paid: the tariff bounds tokens before a job runs, so the cap
    /// only ever holds against a mistake of ours, in the buyer's favour.
    ///
    /// @param paid what the buyer handed over, at least the smallest cost
    public static Bill of(Usage usage, Tariff tariff, ProviderTier tier, Msat paid) {
        Msat cost = tariff.cost(usage).min(paid);
        Split split = Split.of(cost, tier, tariff.costMin());
        return new Bill(usage, tariff.price(), tariff.rate(), tier, tariff.costMin(), split);
    }

    /// The same job of a node that loses a part of its pay.
    public Bill flapped(int permille) {
        if (permille == 0) {
            return this;
        }
        return new Bill(usage, price, rate, tier, costMin, split.flapped(permille), permille);
    }

    /// What a bitcoin cost, in US cents.
    public long usdCentsPerBtc() {
        return rate.usdCentsPerBtc();
    }

    /// What the buyer pays.
    public Msat cost() {
        return split.cost();
    }

    /// The same tokens, given away.
    public Bill givenAway() {
        Split nothing = new Split(Msat.ZERO, Msat.ZERO, Msat.ZERO);
        return new Bill(usage, price, rate, tier, Msat.ZERO, nothing);
    }
}
