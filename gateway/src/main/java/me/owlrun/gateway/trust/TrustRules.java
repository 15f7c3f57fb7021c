package me.owlrun.gateway.trust;

import me.owlrun.money.Msat;

import java.time.Duration;

/// The numbers of this package; all of them are settings.
///
/// @param halfLife after which half of a node's points are forgotten
/// @param putAwayPoints from which a node gets no jobs until the operator looks
/// @param canaryLimitMilli where the running sum over canaries counts as a sign
/// @param canaryPoints what that sign weighs
/// @param fastPoints what an answer that is too fast weighs
/// @param countPoints what a count beyond the answer weighs
/// @param digestPoints what a wrong digest weighs
/// @param dropsPerHour jobs that a node may lose in an hour; 0: any number
/// @param dropRest how long a node that lost more gets no jobs
/// @param escrow what of newcomers' earnings waits
public record TrustRules(
        Duration halfLife,
        long putAwayPoints,
        long canaryLimitMilli,
        long canaryPoints,
        long fastPoints,
        long countPoints,
        long digestPoints,
        long dropsPerHour,
        Duration dropRest,
        EscrowRules escrow) {

    /// Which earnings wait.
    ///
    /// @param time after its first registration a node's earnings wait
    /// @param jobs after which they do no longer
    /// @param free what an account may take out at once all the same
    public record EscrowRules(Duration time, long jobs, Msat free) {}

    long points(Sign sign) {
        return switch (sign) {
            case CANARY -> canaryPoints;
            case TOO_FAST -> fastPoints;
            case OVER_REPORT -> countPoints;
            case DIGEST -> digestPoints;
            case DROPPED -> 0;
        };
    }
}
