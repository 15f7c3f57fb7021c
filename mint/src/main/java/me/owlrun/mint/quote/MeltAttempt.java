package me.owlrun.mint.quote;

import me.owlrun.mint.ledger.RequestHash;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// One try to pay a melt quote, held by whoever has its lease.
///
/// @param id names it, to Lightning too; becomes the operation's identifier
/// @param quoteId the quote it pays
/// @param requestHash the request that started it
/// @param inputAmount the sum of its pending proofs
/// @param feeAmount the input fee among it (NUT-02)
/// @param leaseOwner changes with every holder; only the holder may write how it ended
/// @param checks how often its outcome was asked for
/// @param evidence what is known of its way
record MeltAttempt(
        UUID id,
        UUID quoteId,
        RequestHash requestHash,
        long inputAmount,
        long feeAmount,
        UUID leaseOwner,
        int checks,
        Evidence evidence) {

    /// What is known of the way of an attempt.
    ///
    /// @param since when it began
    /// @param nodeId the node that was asked to pay; empty: none was asked
    /// @param answeredFailed whether the latest asking was answered, and the answer was a failure
    /// @param failedAt the first of the look-ups in a row that said failed
    record Evidence(
            Instant since,
            Optional<String> nodeId,
            boolean answeredFailed,
            Optional<Instant> failedAt) {

        /// That of an attempt that just begins.
        static Evidence fresh(Instant since) {
            return new Evidence(since, Optional.empty(), false, Optional.empty());
        }
    }

    /// The same attempt after a node was asked to pay and answered, or did not.
    MeltAttempt sentTo(String nodeId, boolean answeredFailed) {
        return with(
                new Evidence(
                        evidence.since(), Optional.of(nodeId), answeredFailed, Optional.empty()));
    }

    /// The same attempt after a look-up that said failed, or did not.
    MeltAttempt seenFailed(Optional<Instant> failedAt) {
        return with(
                new Evidence(
                        evidence.since(), evidence.nodeId(), evidence.answeredFailed(), failedAt));
    }

    private MeltAttempt with(Evidence changed) {
        return new MeltAttempt(
                id, quoteId, requestHash, inputAmount, feeAmount, leaseOwner, checks, changed);
    }
}
