package me.owlrun.mint.ledger;

import me.owlrun.mint.keys.Signer.SignedMessage;
import me.owlrun.mint.outcome.ErrorCode;

import java.util.List;

/// What became of an attempt to write to the ledger.
public sealed interface Recorded {

    /// It is written.
    record Fresh() implements Recorded {}

    /// The very same request was carried out before; nothing was written.
    ///
    /// @param answer the signatures it got
    record Replay(List<SignedMessage> answer) implements Recorded {}

    /// Something else stands in the way; nothing was written.
    ///
    /// @param code why
    record Conflict(ErrorCode code) implements Recorded {}
}
