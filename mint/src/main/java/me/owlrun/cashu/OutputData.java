package me.owlrun.cashu;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/// The wallet's side of one output: what has to be kept, before the mint is asked, to turn its
/// signature into a proof or to find it again (NUT-00, NUT-09). Bearer money once signed.
///
/// @param amount steps of the keyset's unit, above zero
/// @param keysetId the keyset that shall sign
/// @param secret the secret text
/// @param r the blinding factor
public record OutputData(long amount, KeysetId keysetId, String secret, Scalar r) {

    private static final int SECRET_BYTES = 32;

    /// A fresh output with a random secret.
    public static OutputData random(long amount, KeysetId keysetId, SecureRandom random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return new OutputData(
                amount, keysetId, HexFormat.of().formatHex(secret), Scalar.random(random));
    }

    /// What the mint is sent.
    public BlindedMessage blindedMessage() {
        return new BlindedMessage(amount, keysetId, Bdhke.blind(HashToCurve.ofSecret(secret), r));
    }

    /// The proof that a signature makes of this output.
    ///
    /// @throws CashuFormatException when the signature is for another amount or keyset, or its DLEQ
    ///   does not verify, so that the mint may be tagging its users
    public Proof unblind(BlindSignature signature, Keyset keyset) {
        return unblind(signature, keyset, Optional.empty());
    }

    /// As above, for whoever still has what the mint was sent: blinding costs two multiplications.
    ///
    /// @param sent what [#blindedMessage] gave
    public Proof unblind(BlindSignature signature, Keyset keyset, BlindedMessage sent) {
        return unblind(signature, keyset, Optional.of(sent.b()));
    }

    private Proof unblind(BlindSignature signature, Keyset keyset, Optional<Point> sent) {
        if (signature.amount() != amount || !signature.keysetId().equals(keysetId)) {
            throw new CashuFormatException("the mint signed another amount or keyset than asked");
        }
        Point publicKey =
                keyset.key(amount)
                        .orElseThrow(
                                () -> new CashuFormatException("the keyset lacks that amount"));
        signature
                .dleq()
                .ifPresent(dleq -> {
                    Point b = sent.orElseGet(() -> blindedMessage().b());
                    if (!dleq.verify(publicKey, b, signature.c())) {
                        throw new CashuFormatException("the mint's DLEQ does not verify");
                    }
                });
        Optional<Dleq> dleq =
                signature.dleq().map(proof -> new Dleq(proof.e(), proof.s(), Optional.of(r)));
        return new Proof(
                amount,
                keysetId,
                secret,
                Bdhke.unblind(signature.c(), r, publicKey),
                Optional.empty(),
                dleq);
    }

    @Override
    public String toString() {
        return "OutputData[amount=" + amount + ", keysetId=" + keysetId + "]";
    }
}
