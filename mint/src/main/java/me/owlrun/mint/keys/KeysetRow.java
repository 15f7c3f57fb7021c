package me.owlrun.mint.keys;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;

/// A keyset as the database knows it: enough to derive its keys from the seed again.
///
/// @param id its identifier, which also proves that the seed is the right one
/// @param unit its unit
/// @param derivationIndex counts the keysets of one unit from zero
/// @param inputFeePpk fee per thousand inputs, in the unit
/// @param active whether it still signs
record KeysetRow(
        KeysetId id, CurrencyUnit unit, int derivationIndex, long inputFeePpk, boolean active) {}
