package me.owlrun.cashu;

import org.bouncycastle.math.ec.ECPoint;

/// Blind Diffie-Hellman key exchange (NUT-00): the wallet blinds, the mint signs, the wallet
/// unblinds, the mint verifies.
public final class Bdhke {

    private Bdhke() {}

    /// B_ = Y + r·G: what the wallet sends.
    public static Point blind(Point y, Scalar r) {
        return Point.of(y.ecPoint().add(Curve.multiplyG(r.value())));
    }

    /// C_ = k·B_: what the mint answers.
    public static Point sign(Point blindedMessage, Scalar k) {
        return Point.of(Curve.multiply(blindedMessage.ecPoint(), k.value()));
    }

    /// C = C_ − r·K: the wallet's signature on its secret.
    public static Point unblind(Point blindSignature, Scalar r, Point publicKey) {
        ECPoint mask = Curve.multiply(publicKey.ecPoint(), r.value());
        return Point.of(blindSignature.ecPoint().subtract(mask));
    }

    /// Whether C = k·Y: the mint's check of a proof.
    public static boolean verify(Point y, Point c, Scalar k) {
        return sign(y, k).equals(c);
    }
}
