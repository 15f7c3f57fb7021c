package me.owlrun.gateway.routing;

import java.time.Instant;

/// Whether a node could get a job of a model now, and if not, why: what an operator is told.
public sealed interface Verdict {

    /// It could.
    ///
    /// @param running jobs it has
    /// @param capacity jobs it may have after ramp-up
    /// @param rampShare of its declared rate
    /// @param score of its health window, 0 to 1
    /// @param karma its factor
    /// @param weight of its lot among near equals
    record Eligible(
            int running, int capacity, double rampShare, double score, double karma, long weight)
            implements Verdict {}

    /// It does not offer the model.
    record NotServed() implements Verdict {}

    /// It is draining, in maintenance or gone.
    record Away() implements Verdict {}

    /// Failures parked it.
    ///
    /// @param until then one job decides
    record Parked(Instant until) implements Verdict {}

    /// The job that decides after a pause runs.
    record Probing() implements Verdict {}

    /// It is below the floor.
    ///
    /// @param tokensPerSecond its running mean
    /// @param until then one job, or a probe before, decides
    record TooSlow(double tokensPerSecond, Instant until) implements Verdict {}

    /// It said no to a job a moment ago.
    ///
    /// @param until then it is asked again
    record Refused(Instant until) implements Verdict {}

    /// It has as many jobs as it may have.
    record Full(int running, int capacity) implements Verdict {}
}
