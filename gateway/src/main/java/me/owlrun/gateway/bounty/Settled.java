package me.owlrun.gateway.bounty;

import me.owlrun.gateway.job.NodeIdentity;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/// A settled job as the worker finds it.
///
/// @param payer who paid: an account, or the ecash of a day
/// @param sats what it was worth in sats
/// @param credit what it was worth in credit
/// @param offer what the operator had set for the model, if anything
/// @param switchedAt when the node last gave up a model
/// @param hasNone whether the node gets no bounty: it was found cheating, or paid itself
record Settled(
        String paymentId,
        String jobId,
        NodeIdentity node,
        String model,
        String payer,
        Extra.Parts sats,
        Extra.Parts credit,
        Instant settledAt,
        Optional<Offer> offer,
        Optional<Instant> switchedAt,
        boolean hasNone) {

    /// What the operator has set for a model.
    ///
    /// @param permille the multiplier
    /// @param budgetMsat what its bounties may cost in a day, in each unit
    record Offer(int permille, long budgetMsat) {}

    LocalDate day() {
        return LocalDate.ofInstant(settledAt, ZoneOffset.UTC);
    }
}
