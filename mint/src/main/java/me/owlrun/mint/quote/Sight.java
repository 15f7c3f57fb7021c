package me.owlrun.mint.quote;

import me.owlrun.mint.lightning.PaymentOutcome;

/// What a look-up showed, as the books keep it for the operator.
enum Sight {
    /// Paid, and proven.
    PAID,
    /// On its way.
    PENDING,
    /// The node says failed.
    FAILED,
    /// The node knows nothing of it.
    NOT_FOUND,
    /// Nobody can tell.
    UNKNOWN,
    /// The node says paid, with a preimage that is not the invoice's.
    BAD_PREIMAGE,
    /// The node is not the one that was asked to pay.
    OTHER_NODE,
    /// It would be sent again, but melting is stopped.
    STOPPED;

    /// Whether somebody should look into it: no answer for which the network is to blame.
    boolean isStrange() {
        return this == UNKNOWN || this == BAD_PREIMAGE || this == OTHER_NODE;
    }

    static Sight of(PaymentOutcome outcome) {
        return switch (outcome) {
            case PaymentOutcome.Paid(var _, var _) -> PAID;
            case PaymentOutcome.Pending() -> PENDING;
            case PaymentOutcome.Failed(var _) -> FAILED;
            case PaymentOutcome.NotFound() -> NOT_FOUND;
            case PaymentOutcome.Unknown(var _) -> UNKNOWN;
        };
    }
}
