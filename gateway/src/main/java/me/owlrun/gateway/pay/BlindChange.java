package me.owlrun.gateway.pay;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.money.Msat;

import java.util.List;

/// The part of a change that goes into blanks of the buyer's wallet. Of use only to who has their
/// secrets.
///
/// @param signatures what the mint has signed so far, for each keyset in the order of its blanks
/// @param pending whether more is on its way
/// @param fee what the mint keeps of it
record BlindChange(List<BlindSignature> signatures, boolean pending, Msat fee) {

    /// Takes an unmodifiable copy.
    BlindChange {
        signatures = List.copyOf(signatures);
    }
}
