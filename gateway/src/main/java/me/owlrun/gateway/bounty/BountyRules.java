package me.owlrun.gateway.bounty;

import me.owlrun.gateway.meter.Flap;

import java.time.Duration;
import java.util.Map;

/// The numbers of bounties; all of them are settings.
///
/// @param feedPercent what of the fee, less referrals, goes to the pool
/// @param creditFeedPercent the same of the fee that was paid in credit
/// @param keepPercent what of its cut of a job the gateway keeps whatever the bounty is
/// @param multiplierMax the highest multiplier of a model, in permille
/// @param maxByTier the highest multiplier of a node, in permille
/// @param flap what a switch of models takes of a bounty
/// @param vest how long a bounty waits
/// @param payersMin how many payers a node must have served for it to vest
/// @param payersWindow how long before the job they count, besides those until it vests
/// @param bar how long a node that was found cheating gets none
/// @param every time between two rounds
/// @param referralPercent the most of a fee that a referrer gets
record BountyRules(
        int feedPercent,
        int creditFeedPercent,
        int keepPercent,
        int multiplierMax,
        Map<TrustTier, Integer> maxByTier,
        Flap flap,
        Duration vest,
        int payersMin,
        Duration payersWindow,
        Duration bar,
        Duration every,
        int referralPercent) {

    /// No multiplier at all.
    static final int ONE = 1000;

    /// Copies the map.
    public BountyRules {
        maxByTier = Map.copyOf(maxByTier);
    }

    /// The highest multiplier of a tier.
    int max(TrustTier tier) {
        return maxByTier.getOrDefault(tier, ONE);
    }
}
