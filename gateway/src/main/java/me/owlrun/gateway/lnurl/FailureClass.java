package me.owlrun.gateway.lnurl;

/// How to go on after a refusal.
public enum FailureClass {
    /// Try again soon.
    TEMPORARY,
    /// The address is at fault: its owner has to change it.
    ADDRESS,
    /// The server gives invoices that must not be paid.
    BAD_INVOICE,
    /// The amount has to grow.
    BELOW_MIN
}
