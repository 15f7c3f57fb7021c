package me.owlrun.mint.step;

import me.owlrun.cashu.Proof;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// What a commit changed of the things that wallets watch.
public sealed interface Changed {

    /// There is a new mint quote.
    ///
    /// @param id its identifier
    /// @param expiresAt until when its invoice can be paid
    record MintQuoteMade(UUID id, Instant expiresAt) implements Changed {}

    /// Something was paid for a mint quote, or issued of it.
    ///
    /// @param id its identifier
    record MintQuote(UUID id) implements Changed {}

    /// Proofs were spent at once.
    ///
    /// @param inputs the proofs
    record Spent(List<Proof> inputs) implements Changed {}

    /// The payment of a melt quote began; its inputs are pending.
    ///
    /// @param quoteId the quote
    /// @param inputs the proofs
    record MeltBegun(UUID quoteId, List<Proof> inputs) implements Changed {}

    /// The payment of a melt quote ended, either way.
    ///
    /// @param quoteId the quote
    /// @param inputs the proofs, if they were never pending; else empty
    record MeltEnded(UUID quoteId, List<Proof> inputs) implements Changed {}
}
