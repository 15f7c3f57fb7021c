package me.owlrun.cashu;

import java.util.Optional;

/// One coin (NUT-00): whoever knows it can spend it, so its `toString` shows only the amount.
///
/// @param amount steps of its keyset's unit, above zero
/// @param keysetId its keyset; in tokens possibly the short form
/// @param secret the secret text
/// @param c the mint's unblinded signature
/// @param witness the witness of a spending condition (NUT-10)
/// @param dleq the proof of a correct signature (NUT-12)
public record Proof(
        long amount,
        KeysetId keysetId,
        String secret,
        Point c,
        Optional<String> witness,
        Optional<Dleq> dleq) {

    /// @throws CashuFormatException when the amount is not above zero
    public Proof {
        if (amount <= 0) {
            throw new CashuFormatException("a proof's amount is above zero");
        }
    }

    /// The point of its secret, under which the mint knows it (NUT-07).
    public Point y() {
        return HashToCurve.ofSecret(secret);
    }

    /// The same proof under another form of its keyset identifier.
    public Proof withKeysetId(KeysetId id) {
        return new Proof(amount, id, secret, c, witness, dleq);
    }

    /// The same proof without its DLEQ, which a mint has no use for.
    public Proof withoutDleq() {
        return new Proof(amount, keysetId, secret, c, witness, Optional.empty());
    }

    @Override
    public String toString() {
        return "Proof[amount=" + amount + ", keysetId=" + keysetId + "]";
    }
}
