package me.owlrun.gateway.pay;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.Proof;
import me.owlrun.money.Msat;

import java.util.List;

/// A token that was checked as far as that goes without asking whether it is spent: ours, of a unit
/// we take, worth something after the mint's fee.
///
/// @param key names the token: SHA-256 over its sorted points Y, in hexadecimal
/// @param unit its unit
/// @param encoding how it was written, and how the change will be
/// @param inputs its proofs with full keyset identifiers
/// @param feeSteps what the mint will keep for the swap
/// @param target the keyset that will sign our outputs
/// @param paid what it is worth to us
public record Tender(
        String key,
        CurrencyUnit unit,
        Encoding encoding,
        List<Proof> inputs,
        long feeSteps,
        Keyset target,
        Msat paid) {

    /// Takes an unmodifiable copy.
    public Tender {
        inputs = List.copyOf(inputs);
    }

    /// Steps of the unit that we get.
    long steps() {
        return unit.floorSteps(paid);
    }

    @Override
    public String toString() {
        return "Tender[unit=" + unit + ", paid=" + paid + "]";
    }
}
