package me.owlrun.gateway;

/// One job of a fault test, from before it is paid for to the last millisat: whatever broke, the
/// buyer has in the end what it had, less what was delivered.
interface FaultRound {

    /// What the few words of the test nodes cost at the least, and at the most.
    long COST_MSAT = 10;

    /// The lines of the request that pay for it.
    String headers();

    /// Collects what is due after the request ended somehow.
    ///
    /// @param produced whether a node has produced words, so that they may be charged for
    FaultTally.Outcome collect(FaultBuyer.Seen seen, boolean produced);
}
