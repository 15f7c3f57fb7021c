package me.owlrun.cashu;

import java.security.MessageDigest;

/// Blind Diffie-Hellman key exchange (NUT-00): the wallet blinds, the mint signs, the wallet
/// unblinds, the mint verifies.
public final class Bdhke {

    private Bdhke() {}

    /// B_ = Y + r·G: what the wallet sends.
    public static Point blind(Point y, Scalar r) {
        return y.plus(r.publicKey()).orElseThrow(Point::infinity);
    }

    /// C_ = k·B_: what the mint answers.
    public static Point sign(Point blindedMessage, Scalar k) {
        return blindedMessage.timesSecret(k);
    }

    /// C = C_ − r·K: the wallet's signature on its secret.
    public static Point unblind(Point blindSignature, Scalar r, Point publicKey) {
        return blindSignature.minus(publicKey.times(r)).orElseThrow(Point::infinity);
    }

    /// Whether C = k·Y: the mint's check of a proof. How far a wrong C is right stays hidden, or it
    /// could be guessed byte by byte.
    public static boolean verify(Point y, Point c, Scalar k) {
        return MessageDigest.isEqual(sign(y, k).uncompressed(), c.uncompressed());
    }
}
