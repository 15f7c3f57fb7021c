package me.owlrun.gateway;

import java.util.SplittableRandom;

/// How the buyers of a fault test pay.
@FunctionalInterface
interface FaultPayers {

    /// The next round of a lane.
    FaultRound next(int lane, SplittableRandom random);
}
