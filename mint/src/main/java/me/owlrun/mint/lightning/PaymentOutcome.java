package me.owlrun.mint.lightning;

import me.owlrun.money.Msat;

/// What a node says of an attempt to pay. Only [Paid] and [Failed] are final.
public sealed interface PaymentOutcome {

    /// The money arrived.
    ///
    /// @param preimageHex the proof, 64 hexadecimal digits
    /// @param fee what it cost on top of the amount
    record Paid(String preimageHex, Msat fee) implements PaymentOutcome {}

    /// It is on its way and may still arrive or fail.
    record Pending() implements PaymentOutcome {}

    /// This attempt failed for good; nothing was paid.
    ///
    /// @param reason for the operator, free of secrets
    record Failed(String reason) implements PaymentOutcome {}

    /// The node has no trace of this attempt.
    record NotFound() implements PaymentOutcome {}

    /// Nobody can tell.
    ///
    /// @param reason for the operator, free of secrets
    record Unknown(String reason) implements PaymentOutcome {}
}
