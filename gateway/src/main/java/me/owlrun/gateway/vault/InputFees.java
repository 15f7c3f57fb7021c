package me.owlrun.gateway.vault;

import me.owlrun.cashu.KeysetId;

import java.util.OptionalLong;

/// What the mint keeps for spending proofs (NUT-02).
public interface InputFees {

    /// The fee per thousand proofs of a keyset, in its unit; empty when it is not known here. Never
    /// asks the mint.
    OptionalLong ppk(KeysetId keyset);

    /// Whether the fees are known; asks the mint if need be.
    boolean areKnown();
}
