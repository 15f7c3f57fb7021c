package me.owlrun.gateway.vault;

import me.owlrun.cashu.Proof;

import java.util.List;

/// How an operation at the mint ended, or that it has not.
public sealed interface OperationResult {

    /// The mint signed.
    ///
    /// @param proofs one for each output, in order
    record Done(List<Proof> proofs) implements OperationResult {}

    /// The mint refused for good and nothing was claimed.
    ///
    /// @param code the mint's number
    record Refused(int code) implements OperationResult {}

    /// The mint was never reached, so nothing happened.
    record NotSent() implements OperationResult {}

    /// Nobody knows yet; the operation has to be run again.
    ///
    /// @param reason what was seen, for the log
    record Pending(String reason) implements OperationResult {}
}
