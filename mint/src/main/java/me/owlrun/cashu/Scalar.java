package me.owlrun.cashu;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/// A number from 1 to the group order less 1: a private key or a blinding factor (NUT-00). Its
/// `toString` hides the value.
public final class Scalar {

    /// Bytes of the fixed-length form.
    public static final int BYTES = 32;

    private final byte[] bigEndian;

    private Scalar(byte[] bigEndian) {
        this.bigEndian = bigEndian;
        if (!Curve.isScalar(bigEndian)) {
            throw outOfRange();
        }
    }

    /// @throws CashuFormatException when the number is out of range
    public Scalar(BigInteger value) {
        if (value.signum() <= 0 || value.compareTo(Curve.ORDER) >= 0) {
            throw outOfRange();
        }
        this.bigEndian = bytes(value);
    }

    private static CashuFormatException outOfRange() {
        return new CashuFormatException("a scalar lies between 1 and the group order less 1");
    }

    /// Reads the 32-byte big-endian form.
    ///
    /// @throws CashuFormatException when it has another length or the number is out of range
    public static Scalar fromBytes(byte[] bigEndian) {
        if (bigEndian.length != BYTES) {
            throw new CashuFormatException("a scalar has 32 bytes");
        }
        return new Scalar(bigEndian.clone());
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
            if (Curve.isScalar(bytes)) {
                return new Scalar(bytes);
            }
        }
    }

    /// The number.
    public BigInteger value() {
        return new BigInteger(1, bigEndian);
    }

    /// This scalar times the generator: the public key of a private key.
    public Point publicKey() {
        return Point.ofUncompressed(Curve.engine().multiplyG(bigEndian));
    }

    /// The 32-byte big-endian form; not to be changed.
    byte[] bytes() {
        return bigEndian;
    }

    /// The 32-byte big-endian form; the caller owns the array.
    public byte[] toBytes() {
        return bigEndian.clone();
    }

    /// 64 lower-case hexadecimal digits.
    public String toHex() {
        return HexFormat.of().formatHex(bigEndian);
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
    public boolean equals(Object other) {
        return other instanceof Scalar scalar && MessageDigest.isEqual(bigEndian, scalar.bigEndian);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bigEndian);
    }

    @Override
    public String toString() {
        return "Scalar[REDACTED]";
    }
}
