package me.owlrun.mint.quote;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// A payment under way with all that is known of it, for the operator.
///
/// @param attemptId names it, to Lightning too
/// @param quoteId the quote it pays; whoever knows it can see the quote
/// @param unit the quote's unit
/// @param amount what is to arrive, in steps of the unit
/// @param since when its inputs became pending
/// @param nodeId the node that was asked to pay; empty: none was asked for certain
/// @param sends how often it was asked
/// @param answer what the latest asking was answered; empty: not answered
/// @param outcome what the latest look-up showed
/// @param outcomeAt when that was
/// @param failedAt since when look-ups say failed; another one later will release the inputs
/// @param looks how often its holder changed, each time for a look-up
/// @param leaseOwner who looks after it
/// @param leaseUntil until then nobody else does
public record OpenMelt(
        UUID attemptId,
        UUID quoteId,
        String unit,
        long amount,
        Instant since,
        Optional<String> nodeId,
        int sends,
        Optional<String> answer,
        Optional<String> outcome,
        Optional<Instant> outcomeAt,
        Optional<Instant> failedAt,
        int looks,
        UUID leaseOwner,
        Instant leaseUntil) {}
