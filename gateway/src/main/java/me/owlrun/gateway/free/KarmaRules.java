package me.owlrun.gateway.free;

import java.util.List;

/// How free tokens become karma: each day counts up to a bound, for some days; the sum decides the
/// tier, and the tier the weight.
///
/// @param days that karma lasts, the current one included
/// @param requesterTokens what counts for one provider from one network in a day
/// @param dayTokens what counts for one provider in a day
/// @param tiers the lowest first
record KarmaRules(int days, long requesterTokens, long dayTokens, List<Tier> tiers) {

    /// A tier.
    ///
    /// @param from the karma that it needs
    /// @param weightPercent its weight where nodes are chosen at random
    record Tier(String name, long from, long weightPercent) {}

    /// What the tokens of one day add.
    long ofDay(long tokens) {
        return Math.min(tokens, dayTokens);
    }

    /// The highest tier that a score reaches.
    Tier tier(long score) {
        return tiers.stream()
                .filter(tier -> tier.from() <= score)
                .reduce((lower, higher) -> higher)
                .orElse(tiers.getFirst());
    }
}
