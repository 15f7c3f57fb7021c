package me.owlrun.mint.lightning;

/// What can have become of an invoice of our own node.
public enum Incoming {
    /// Nobody paid.
    UNPAID,
    /// Paid exactly.
    PAID,
    /// Paid with more than it asked for.
    OVERPAID,
    /// The money is there but held; the node has not taken it.
    HELD,
    /// The node does not know the invoice.
    NOT_THERE,
    /// The node does not answer.
    NO_ANSWER
}
