package me.owlrun.gateway.lnurl;

/// What is asked of the description hash in an invoice (LUD-06).
public enum DescriptionHash {
    /// A wrong one is refused, a missing one is not: many servers leave it out.
    MATCH_IF_PRESENT,
    /// It must be there and be right.
    STRICT,
    /// Nothing.
    OFF
}
