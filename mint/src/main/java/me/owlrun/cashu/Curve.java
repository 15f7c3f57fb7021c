package me.owlrun.cashu;

import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;

/// secp256k1 as the protocol uses it: chooses the library that does the arithmetic. Elliptic curve
/// code outside the two engines is here only, for what needs BouncyCastle's own types.
final class Curve {

    private static final Logger LOG = System.getLogger(Curve.class.getName());

    /// `native` or `java` forces an engine; otherwise the native one if it works.
    private static final String CHOICE = "owlrun.curve";

    private static final X9ECParameters PARAMETERS = CustomNamedCurves.getByName("secp256k1");

    /// The order of the group.
    static final BigInteger ORDER = PARAMETERS.getN();

    /// The order of the group as 32 bytes.
    private static final byte[] ORDER_BYTES = Scalar.bytes(ORDER);

    /// The curve as the library's signers want it.
    static final ECDomainParameters DOMAIN = new ECDomainParameters(PARAMETERS);

    private static final CurveEngine ENGINE = choose(System.getProperty(CHOICE, ""));

    private Curve() {}

    /// The engine in use.
    static CurveEngine engine() {
        return ENGINE;
    }

    static CurveEngine choose(String choice) {
        if (choice.equals("java")) {
            return new BouncyEngine();
        }
        try {
            CurveEngine engine = nativeEngine();
            LOG.log(Level.DEBUG, "Curve arithmetic: {0}.", engine.name());
            return engine;
        } catch (IOException | RuntimeException | LinkageError e) {
            if (choice.equals("native")) {
                throw new IllegalStateException("libsecp256k1 cannot be used", e);
            }
            LOG.log(
                    Level.INFO,
                    "Curve arithmetic runs in pure Java, at a third of the speed:"
                            + " libsecp256k1 cannot be used: {0}",
                    e.toString());
            return new BouncyEngine();
        }
    }

    private static CurveEngine nativeEngine() throws IOException {
        byte[] random = new byte[Scalar.BYTES];
        new SecureRandom().nextBytes(random);
        CurveEngine engine = new NativeEngine(new NativeCurve(NativeLibrary.load(), random));
        requireAgreement(engine);
        return engine;
    }

    /// A library that loads but counts otherwise must not touch money.
    private static void requireAgreement(CurveEngine engine) {
        byte[] k = Scalar.bytes(ORDER.shiftRight(1));
        byte[] expected = multiplyG(new BigInteger(1, k).pow(2).mod(ORDER)).getEncoded(false);
        byte[] kG = engine.multiplyG(k);
        if (!Arrays.equals(expected, engine.multiplySecret(kG, k))
                || !Arrays.equals(expected, engine.multiply(kG, k))) {
            throw new IllegalStateException("libsecp256k1 and BouncyCastle disagree");
        }
    }

    /// Whether 32 bytes are a number from 1 to the order less 1.
    static boolean isScalar(byte[] bigEndian) {
        boolean zero = true;
        for (byte b : bigEndian) {
            zero &= b == 0;
        }
        return !zero && Arrays.compareUnsigned(bigEndian, ORDER_BYTES) < 0;
    }

    /// k·G, by BouncyCastle.
    static ECPoint multiplyG(BigInteger k) {
        return new FixedPointCombMultiplier().multiply(PARAMETERS.getG(), k).normalize();
    }

    /// k·P, by BouncyCastle.
    static ECPoint multiply(ECPoint point, BigInteger k) {
        return point.multiply(k).normalize();
    }

    /// Decodes a point in either form, by BouncyCastle.
    ///
    /// @throws IllegalArgumentException when it is not a point of the curve
    static ECPoint decode(byte[] encoded) {
        return PARAMETERS.getCurve().decodePoint(encoded);
    }
}
