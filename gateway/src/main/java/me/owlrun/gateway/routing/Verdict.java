package me.owlrun.gateway.routing;

import java.time.Instant;

/// Whether a node could get a job of a model now, and if not, why: what an operator is told.
public sealed interface Verdict {

    /// It in one word.
    default String word() {
        return switch (this) {
            case Eligible _ -> "eligible";
            case NotServed _ -> "not_served";
            case Away _ -> "away";
            case Parked _ -> "parked";
            case Probing _ -> "probing";
            case TooSlow _ -> "too_slow";
            case Refused _ -> "refused";
            case Full _ -> "full";
        };
    }

    /// It in a sentence.
    default String sentence() {
        return switch (this) {
            case Eligible _ -> "It can get the next job.";
            case NotServed _ -> "It does not offer this model.";
            case Away _ -> "It is draining, in maintenance, paused or gone.";
            case Parked(Instant until) ->
                    "It failed too often in a short time; one job decides after " + until + ".";
            case Probing _ -> "The one job that decides after a pause runs.";
            case TooSlow(double _, Instant until) ->
                    "Its last answers were below the floor; one job decides after " + until + ".";
            case Refused(Instant until) ->
                    "It said no to a job; it is asked again after " + until + ".";
            case Full _ -> "It runs as many jobs as it may.";
        };
    }

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
