package me.owlrun.gateway.routing;

import java.time.Duration;

/// The growth of a newcomer: from a share of the rate it declared to all of it, over time spent
/// online, which cannot be had by waiting elsewhere (seed `002`: a Sybil deterrent).
final class Ramp {

    private static final double PERCENT = 100.0;

    private Ramp() {}

    /// The share of its declared rate that a node has, 0 to 1.
    ///
    /// @param online how long it was there in all
    public static double share(RoutingRules.RampRules rules, Duration online) {
        double start = rules.startPercent() / PERCENT;
        double grown = online.toMillis() / (double) rules.time().toMillis();
        return Math.min(1, start + (1 - start) * Math.max(0, grown));
    }

    /// The jobs it may run at once: a share of what it declared, but one at least.
    public static int capacity(int declared, double share) {
        return Math.max(1, (int) Math.floor(declared * share));
    }
}
