package me.owlrun.cashu;

import java.util.Optional;

/// What the mint answers to a blinded message (NUT-00).
///
/// @param amount steps of the keyset's unit
/// @param keysetId the keyset that signed
/// @param c the blind signature C_
/// @param dleq the proof that it was signed with the published key (NUT-12)
public record BlindSignature(long amount, KeysetId keysetId, Point c, Optional<Dleq> dleq) {}
