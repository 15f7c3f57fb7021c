package me.owlrun.cashu;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;

/// A number from 1 to the group order less 1: a private key or a blinding factor (NUT-00). Its
/// `toString` hides the value.
///
/// @param value the number
public record Scalar(BigInteger value) {

    /// Bytes of the fixed-length form.
    public static final int BYTES = 32;

    /// @throws CashuFormatException when the number is out of range
    public Scalar {
        if (value.signum() <= 0 || value.compareTo(Curve.ORDER) >= 0) {
            throw new CashuFormatException("a scalar lies between 1 and the group order less 1");
        }
    }

    /// Reads the 32-byte big-endian form.
    ///
    /// @throws CashuFormatException when it has another length or the number is out of range
    public static Scalar fromBytes(byte[] bigEndian) {
        if (bigEndian.length != BYTES) {
            throw new CashuFormatException("a scalar has 32 bytes");
        }
        return new Scalar(new BigInteger(1, bigEndian));
    }

    /// Reads 64 hexadecimal digits.
    ///
    /// @throws CashuFormatException when it is anything else or the number is out of range
    public static Scalar fromHex(String hex) {
        try {
            return fromBytes(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException e) {
            throw new CashuFormatException("a scalar has 64 hexadecimal digits");
        }
    }

    /// A fresh random scalar.
    public static Scalar random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        while (true) {
            random.nextBytes(bytes);
            BigInteger candidate = new BigInteger(1, bytes);
            if (candidate.signum() > 0 && candidate.compareTo(Curve.ORDER) < 0) {
                return new Scalar(candidate);
            }
        }
    }

    /// This scalar times the generator: the public key of a private key.
    public Point publicKey() {
        return Point.of(Curve.multiplyG(value));
    }

    /// The 32-byte big-endian form.
    public byte[] toBytes() {
        return bytes(value);
    }

    /// 64 lower-case hexadecimal digits.
    public String toHex() {
        return HexFormat.of().formatHex(toBytes());
    }

    static byte[] bytes(BigInteger number) {
        byte[] signed = number.toByteArray();
        byte[] fixed = new byte[BYTES];
        int from = Math.max(0, signed.length - BYTES);
        int count = signed.length - from;
        System.arraycopy(signed, from, fixed, BYTES - count, count);
        return fixed;
    }

    @Override
    public String toString() {
        return "Scalar[REDACTED]";
    }
}
