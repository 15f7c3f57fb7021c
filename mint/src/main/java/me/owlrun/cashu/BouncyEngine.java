package me.owlrun.cashu;

import org.bouncycastle.math.ec.ECPoint;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Optional;

/// The arithmetic in pure Java, by BouncyCastle: runs everywhere, at a third of the speed. Its
/// multiplication takes a time that depends on the scalar, so secret scalars are split in two
/// random parts for every call (docs/decisions/0009-curve.md says what that hides).
final class BouncyEngine implements CurveEngine {

    private final SecureRandom random = new SecureRandom();

    @Override
    public String name() {
        return "BouncyCastle (pure Java)";
    }

    @Override
    public Optional<byte[]> decode(byte[] compressed) {
        try {
            return Optional.of(Curve.decode(compressed).getEncoded(false));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public byte[] multiplyG(byte[] scalar) {
        return Curve.multiplyG(number(scalar)).getEncoded(false);
    }

    @Override
    public byte[] multiplySecret(byte[] point, byte[] scalar) {
        BigInteger k = number(scalar);
        BigInteger part = Scalar.random(random).value();
        BigInteger rest = k.subtract(part).mod(Curve.ORDER);
        ECPoint p = Curve.decode(point);
        // One part in 2^256 is k itself; zero times the point is infinity, which adds nothing.
        return p.multiply(part).add(p.multiply(rest)).normalize().getEncoded(false);
    }

    @Override
    public byte[] multiply(byte[] point, byte[] scalar) {
        return Curve.multiply(Curve.decode(point), number(scalar)).getEncoded(false);
    }

    @Override
    public Optional<byte[]> add(byte[] p, byte[] q) {
        ECPoint sum = Curve.decode(p).add(Curve.decode(q)).normalize();
        return sum.isInfinity() ? Optional.empty() : Optional.of(sum.getEncoded(false));
    }

    @Override
    public byte[] multiplyAdd(byte[] a, byte[] b, byte[] c) {
        return Scalar.bytes(number(a).multiply(number(b)).add(number(c)).mod(Curve.ORDER));
    }

    private static BigInteger number(byte[] bigEndian) {
        return new BigInteger(1, bigEndian);
    }
}
