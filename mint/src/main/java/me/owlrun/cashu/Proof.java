package me.owlrun.cashu;

import java.util.Objects;
import java.util.Optional;

/// One coin (NUT-00): whoever knows it can spend it, so its `toString` shows only the amount.
public final class Proof {

    private final long amount;
    private final KeysetId keysetId;
    private final String secret;
    private final Point c;
    private final Optional<String> witness;
    private final Optional<Dleq> dleq;

    /// Hashed when first asked for; no harm if done twice.
    private @Nullable Point y;

    /// @param amount steps of its keyset's unit, above zero
    /// @param keysetId its keyset; in tokens possibly the short form
    /// @param secret the secret text
    /// @param c the mint's unblinded signature
    /// @param witness the witness of a spending condition (NUT-10)
    /// @param dleq the proof of a correct signature (NUT-12)
    /// @throws CashuFormatException when the amount is not above zero
    public Proof(
            long amount,
            KeysetId keysetId,
            String secret,
            Point c,
            Optional<String> witness,
            Optional<Dleq> dleq) {
        if (amount <= 0) {
            throw new CashuFormatException("a proof's amount is above zero");
        }
        this.amount = amount;
        this.keysetId = keysetId;
        this.secret = secret;
        this.c = c;
        this.witness = witness;
        this.dleq = dleq;
    }

    /// Steps of its keyset's unit, above zero.
    public long amount() {
        return amount;
    }

    /// Its keyset; in tokens possibly the short form.
    public KeysetId keysetId() {
        return keysetId;
    }

    /// The secret text.
    public String secret() {
        return secret;
    }

    /// The mint's unblinded signature.
    public Point c() {
        return c;
    }

    /// The witness of a spending condition (NUT-10).
    public Optional<String> witness() {
        return witness;
    }

    /// The proof of a correct signature (NUT-12).
    public Optional<Dleq> dleq() {
        return dleq;
    }

    /// The point of its secret, under which the mint knows it (NUT-07).
    public Point y() {
        Point known = y;
        if (known == null) {
            known = HashToCurve.ofSecret(secret);
            y = known;
        }
        return known;
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
    public boolean equals(Object other) {
        return other instanceof Proof proof
                && amount == proof.amount
                && keysetId.equals(proof.keysetId)
                && secret.equals(proof.secret)
                && c.equals(proof.c)
                && witness.equals(proof.witness)
                && dleq.equals(proof.dleq);
    }

    @Override
    public int hashCode() {
        return Objects.hash(amount, keysetId, secret, c, witness, dleq);
    }

    @Override
    public String toString() {
        return "Proof[amount=" + amount + ", keysetId=" + keysetId + "]";
    }
}
