package me.owlrun.mint.admin;

import me.owlrun.cashu.CurrencyUnit;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The payments under way, as an operator looks at them.
public interface Melts {

    /// How many there are, and since when the oldest.
    Pending pending();

    /// Those that began before a moment, the oldest first.
    List<Stuck> begunBefore(Instant moment);

    /// Payments under way.
    ///
    /// @param count how many
    /// @param oldestSince when the oldest began
    record Pending(long count, Optional<Instant> oldestSince) {}

    /// A payment that takes long.
    ///
    /// @param attemptId names the attempt
    /// @param quoteId its quote
    /// @param unit the unit of all amounts
    /// @param amount what the invoice asks for
    /// @param feeReserve the most it may cost on top
    /// @param inputAmount the pending proofs
    /// @param paymentHash names the payment at the node
    /// @param since when it began
    /// @param checks how often its end was asked for
    /// @param nextCheckAt when it is asked for next, or the holder's lease ends
    /// @param evidence what the node said last, if that is kept
    record Stuck(
            UUID attemptId,
            UUID quoteId,
            CurrencyUnit unit,
            long amount,
            long feeReserve,
            long inputAmount,
            String paymentHash,
            Instant since,
            int checks,
            Instant nextCheckAt,
            Optional<String> evidence) {}
}
