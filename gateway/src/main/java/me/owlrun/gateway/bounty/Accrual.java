package me.owlrun.gateway.bounty;

import me.owlrun.money.Msat;

/// The bounty of one job.
///
/// @param trust the node's tier then
/// @param maxPermille the highest multiplier of that tier then
/// @param flapPermille what the node lost by a switch of models
/// @param sats what it is in sats
/// @param credit what it is in credit
record Accrual(
        Settled job, TrustTier trust, int maxPermille, int flapPermille, Msat sats, Msat credit) {}
