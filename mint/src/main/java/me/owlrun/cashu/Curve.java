package me.owlrun.cashu;

import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

import java.math.BigInteger;

/// secp256k1 as the protocol uses it. The only class that touches the curve library, so that the
/// library can be changed in one place.
final class Curve {

    private static final X9ECParameters PARAMETERS = CustomNamedCurves.getByName("secp256k1");

    /// The order of the group.
    static final BigInteger ORDER = PARAMETERS.getN();

    /// The curve as the library's signers want it.
    static final ECDomainParameters DOMAIN = new ECDomainParameters(PARAMETERS);

    private Curve() {}

    /// k·G.
    static ECPoint multiplyG(BigInteger k) {
        return new FixedPointCombMultiplier().multiply(PARAMETERS.getG(), k).normalize();
    }

    /// k·P.
    static ECPoint multiply(ECPoint point, BigInteger k) {
        return point.multiply(k).normalize();
    }

    /// Decodes a compressed point.
    ///
    /// @throws IllegalArgumentException when it is not a point of the curve
    static ECPoint decode(byte[] compressed) {
        return PARAMETERS.getCurve().decodePoint(compressed);
    }
}
