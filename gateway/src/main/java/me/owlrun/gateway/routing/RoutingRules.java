package me.owlrun.gateway.routing;

import java.time.Duration;

/// The numbers of the router, all public at `GET /v1/economy`. Those without a source are ours.
///
/// @param breaker when a node is parked
/// @param health what a node's score is made of
/// @param ramp how a newcomer grows
/// @param speed who is too slow
/// @param sticky who gets the next turn of a conversation
public record RoutingRules(
        BreakerRules breaker,
        HealthRules health,
        RampRules ramp,
        SpeedRules speed,
        StickyRules sticky) {

    /// What seed `002` says, and our numbers where it says none.
    public static final RoutingRules STANDARD =
            new RoutingRules(
                    new BreakerRules(
                            3,
                            Duration.ofSeconds(60),
                            Duration.ofSeconds(15),
                            Duration.ofSeconds(2)),
                    new HealthRules(14, 20, 80),
                    new RampRules(25, Duration.ofDays(7)),
                    new SpeedRules(5_000, 3, 32, 20, Duration.ofMinutes(10)),
                    new StickyRules(50, 20_000, Duration.ofMinutes(30)));

    /// When a node is parked (seed `002`: three failures in 60 seconds, for 15 seconds).
    ///
    /// @param failuresMax failures that park it
    /// @param window time in which they count together
    /// @param parked how long it gets nothing; then one job decides
    /// @param refused how long a node that said no to a job is asked for none; that is no failure
    public record BreakerRules(
            int failuresMax, Duration window, Duration parked, Duration refused) {}

    /// What a node's score is made of (seed `002`: a 14-day window with probes and online time).
    ///
    /// @param days that count
    /// @param probePercent what a probe counts of a job
    /// @param outcomePercent the share of outcomes in the score; the rest is online time
    public record HealthRules(int days, int probePercent, int outcomePercent) {}

    /// How a newcomer grows (seed `002`: a fraction of the declared rate, 100 % after a week).
    ///
    /// @param startPercent of the declared rate at first
    /// @param time online until it has all of it
    public record RampRules(int startPercent, Duration time) {}

    /// Who is too slow (seed `002`: 5 tok/s sustained).
    ///
    /// @param floorMilliTokensPerSecond the floor, in thousandths of a token per second
    /// @param slowJobsMax jobs in a row below it until the node gets no more
    /// @param tokensMin shorter answers say nothing
    /// @param newestPercent weight of the newest job in the running mean
    /// @param pause how long it gets no jobs of the model; then one job decides
    public record SpeedRules(
            int floorMilliTokensPerSecond,
            int slowJobsMax,
            int tokensMin,
            int newestPercent,
            Duration pause) {}

    /// Who gets the next turn of a conversation, because it has the beginning in its cache.
    ///
    /// @param sparePercent room that the node must have
    /// @param prefixesMax beginnings remembered
    /// @param time for which they are
    public record StickyRules(int sparePercent, int prefixesMax, Duration time) {}
}
