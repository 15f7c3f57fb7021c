package me.owlrun.gateway.vault;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.money.Msat;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// One exchange of coins of one unit for coins of the other, as its row says.
///
/// @param version grows with every change; a change of an older version is refused
/// @param amount what is paid and taken
/// @param mintQuote the mint's invoice that we pay ourselves
/// @param pay the melt that pays it
/// @param take the mint of what was paid, once it is written down
/// @param recall the swap that takes the coins of the melt back, once it is written down
record Exchange(
        UUID id,
        State state,
        int version,
        CurrencyUnit from,
        CurrencyUnit to,
        Msat amount,
        String mintQuote,
        UUID pay,
        Optional<UUID> take,
        Optional<UUID> recall,
        Instant createdAt) {

    /// How far it is.
    enum State {
        /// Our invoice is being paid with coins of ours.
        PAYING,
        /// It is paid; new coins are being taken.
        TAKING,
        /// It was not paid as it seems, and its coins are being taken back to make sure.
        RECALLING,
        /// The new coins are here.
        DONE,
        /// It did not happen and never will.
        FAILED;

        boolean isClosed() {
            return this == DONE || this == FAILED;
        }
    }
}
