package me.owlrun.mint.quote;

import me.owlrun.mint.ledger.RequestHash;

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
record MeltAttempt(
        UUID id,
        UUID quoteId,
        RequestHash requestHash,
        long inputAmount,
        long feeAmount,
        UUID leaseOwner,
        int checks) {}
