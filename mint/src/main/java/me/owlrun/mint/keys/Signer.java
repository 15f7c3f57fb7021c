package me.owlrun.mint.keys;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Keyset;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;

import java.util.List;

/// The only holder of private keys. All calls take lists, so that it can become a process of its
/// own behind one round trip. A keyset must be [#load]ed before it is named in another call.
public interface Signer {

    /// Derives a keyset and keeps its private keys.
    ///
    /// @param path which keyset
    /// @return its public side, marked active
    Keyset load(KeysetPath path);

    /// Signs blinded messages, each with a DLEQ proof (NUT-00, NUT-12).
    ///
    /// @throws IllegalArgumentException when a keyset is not loaded or lacks an amount
    List<BlindSignature> sign(List<BlindedMessage> messages);

    /// Proves once more that signatures made before are right: the same proofs as when they were
    /// made, because the nonce is deterministic.
    List<BlindSignature> proveAgain(List<SignedMessage> signed);

    /// Whether every proof carries this mint's signature.
    boolean verify(List<Proof> proofs);

    /// The public key of the mint itself, which `/v1/info` shows (NUT-06).
    Point identity();

    /// Names a keyset to derive.
    ///
    /// @param unit its unit, `sat` or `msat`
    /// @param index counts the keysets of one unit from zero
    /// @param inputFeePpk fee per thousand inputs
    /// @param idVersion how its identifier follows from it (NUT-02)
    record KeysetPath(CurrencyUnit unit, int index, long inputFeePpk, IdVersion idVersion) {}

    /// A blinded message with the signature it got.
    ///
    /// @param amount steps of the keyset's unit
    /// @param keysetId the keyset that signed
    /// @param b the blinded message B_
    /// @param c the blind signature C_
    record SignedMessage(long amount, KeysetId keysetId, Point b, Point c) {}
}
