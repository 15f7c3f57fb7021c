package me.owlrun.gateway.pay;

import me.owlrun.gateway.http.ApiError;

/// How a claim ended.
public sealed interface ClaimResult {

    /// The money is ours until the job is settled or refunded.
    ///
    /// @param payment the payment, to be closed by the caller whatever happens
    record Claimed(Payment payment) implements ClaimResult {}

    /// The money is still the buyer's, or nobody knows yet; the error says which.
    record NotClaimed(ApiError error) implements ClaimResult {}

    /// The token or Idempotency-Key came before and nothing new was begun.
    record Repeated() implements ClaimResult {}
}
