package me.owlrun.gateway.bounty;

import me.owlrun.gateway.meter.ProviderTier;

import java.util.Locale;
import java.util.Optional;

/// The published bound: with `s` what of a price comes back to whoever buys from himself (the
/// provider's share, and a fifth of the fee by a referral of himself) and `m` the multiplier, `s ·
/// m < 1` for every tier. The chance `p` that a job lands on one's own node is taken as 1: nobody
/// can be kept from being the only one who serves a model, nor from having many accounts.
final class WashBound {

    private static final long WHOLE = 1_000_000;
    private static final long PERCENT = 100;
    private static final long PRICE_PERCENT = 99;
    private static final long PERMILLE = 1000;

    private WashBound() {}

    /// What of a price comes back to a provider of a tier that buys from itself, in parts of a
    /// million.
    static long back(ProviderTier tier, int referralPercent) {
        long provider = PRICE_PERCENT * (PERCENT - tier.feePercent()) * PERCENT;
        long referral = PRICE_PERCENT * tier.feePercent() * referralPercent;
        return provider + referral;
    }

    /// The highest multiplier in permille that a node gets, whatever the settings say: its bounty
    /// is bounded by the cut of each job.
    static long multiplierMax(ProviderTier tier, BountyRules rules, TrustTier trust) {
        long provider = PRICE_PERCENT * (PERCENT - tier.feePercent()) * PERCENT;
        long cut = WHOLE - back(tier, rules.referralPercent());
        long kept = cut * (PERCENT - rules.keepPercent()) / PERCENT;
        return Math.min(rules.max(trust), PERMILLE + kept * PERMILLE / provider);
    }

    /// What a provider who buys from itself gets back at most with that, in parts of a million.
    static long backWithBounty(ProviderTier tier, BountyRules rules, TrustTier trust) {
        long provider = PRICE_PERCENT * (PERCENT - tier.feePercent()) * PERCENT;
        long extra = provider * (multiplierMax(tier, rules, trust) - PERMILLE) / PERMILLE;
        return back(tier, rules.referralPercent()) + extra;
    }

    /// What is wrong with the settings, if anything: a multiplier that no provider could ever get
    /// is a promise that the bound breaks.
    static Optional<String> problem(BountyRules rules) {
        long least = back(ProviderTier.STARTER, rules.referralPercent());
        long most = WHOLE * PERMILLE / least;
        for (TrustTier tier : TrustTier.values()) {
            if (least * rules.max(tier) >= WHOLE * PERMILLE) {
                return Optional.of(
                        ("Setting 'bounty.max.%s' of %d makes buying from oneself pay: of a price"
                                        + " %d millionths come back, times the multiplier it is not"
                                        + " below the price; give at most %d.")
                                .formatted(
                                        tier.name().toLowerCase(Locale.ROOT),
                                        rules.max(tier),
                                        least,
                                        most));
            }
        }
        return Optional.empty();
    }
}
