package me.owlrun.gateway.pay;

/// How a claim ended.
public sealed interface ClaimResult {

    /// The money is ours until the job is settled or refunded.
    ///
    /// @param charge to be closed by the caller whatever happens
    record Claimed(Charge charge) implements ClaimResult {}

    /// Nothing new was taken, or nobody knows yet; the refusal says which.
    record NotClaimed(Refusal refusal) implements ClaimResult {}
}
