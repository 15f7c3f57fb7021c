package me.owlrun.mint.keys;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;

/// One of this mint's own keysets, public side.
///
/// @param unit its unit
/// @param keyset what the mint publishes of it
public record MintKeyset(CurrencyUnit unit, Keyset keyset) {

    /// Its identifier.
    public KeysetId id() {
        return keyset.id();
    }

    /// The largest amount it has a key for.
    public long amountMax() {
        return keyset.keys().lastKey().longValueExact();
    }

    /// Whether it has a key for an amount.
    public boolean hasKey(long amount) {
        return keyset.key(amount).isPresent();
    }
}
