package me.owlrun.mint.audit;

import me.owlrun.cashu.CurrencyUnit;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the mint owes to whoever holds its ecash, at one moment.
///
/// @param keysets every keyset there ever was
/// @param seals how many seals the chain over all operations has
/// @param headHex the hash of the last one, in hexadecimal
/// @param sealedAt when it was made; empty when there is none
public record Liabilities(
        List<OfKeyset> keysets, long seals, String headHex, Optional<Instant> sealedAt) {

    /// The totals of a keyset, in steps of its unit.
    ///
    /// @param pending inputs of payments under way, part of what is outstanding
    /// @param fees input fees, part of what is redeemed
    public record OfKeyset(
            String id, CurrencyUnit unit, long issued, long redeemed, long pending, long fees) {

        /// What wallets hold of it.
        public long outstanding() {
            return Math.subtractExact(issued, redeemed);
        }
    }
}
