package me.owlrun.mint.ldk;

/// What a node does with a payment that arrives for one of its invoices.
public enum Reception {
    /// It takes the money at once.
    CLAIM,
    /// It does nothing until the test says so: the payer sees a payment that hangs.
    HOLD,
    /// It sends it back at once.
    REFUSE
}
