package me.owlrun.mint.admin;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the mint owes.
public interface Books {

    /// The account of every keyset.
    List<Account> accounts();

    /// Whether the books are right.
    Audit audit();

    /// The last result there is; costs nothing.
    Optional<Audit> lastAudit();

    /// What one keyset issued and took back, in steps of its unit.
    ///
    /// @param keysetId the keyset
    /// @param unit its unit
    /// @param active whether it signs
    /// @param issued the sum of its signatures
    /// @param redeemed the sum of its spent proofs
    record Account(
            KeysetId keysetId, CurrencyUnit unit, boolean active, long issued, long redeemed) {

        /// What wallets hold.
        public long outstanding() {
            return issued - redeemed;
        }
    }

    /// The result of looking through the books.
    ///
    /// @param right whether nothing is wrong
    /// @param detail what is wrong, or what was looked at
    /// @param at when
    record Audit(boolean right, String detail, Instant at) {}
}
