package me.owlrun.mint.ledger;

import me.owlrun.cashu.CurrencyUnit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// One row of the append-only history: what a request redeemed and issued.
///
/// @param id its identifier, which its proofs and promises carry
/// @param kind what was asked for
/// @param unit the unit of all amounts
/// @param requestHash hash of the canonical request, by which a replay finds its answer
/// @param quoteId the quote of a mint or melt
/// @param inputAmount what was redeemed
/// @param outputAmount what was issued
/// @param feeAmount input fee taken (NUT-02)
/// @param createdAt when
public record Operation(
        UUID id,
        Kind kind,
        CurrencyUnit unit,
        RequestHash requestHash,
        Optional<UUID> quoteId,
        long inputAmount,
        long outputAmount,
        long feeAmount,
        Instant createdAt) {

    /// Cuts the time to what the database keeps, so that it reads back the same.
    public Operation {
        createdAt = createdAt.truncatedTo(ChronoUnit.MICROS);
    }

    /// The kinds of requests that move ecash.
    public enum Kind {
        /// Ecash for ecash (NUT-03).
        SWAP,
        /// Lightning for ecash (NUT-04).
        MINT,
        /// Ecash for Lightning (NUT-05).
        MELT;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
