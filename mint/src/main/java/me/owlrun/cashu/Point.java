package me.owlrun.cashu;

import org.bouncycastle.math.ec.ECPoint;

import java.util.Arrays;
import java.util.HexFormat;

/// A point of secp256k1 other than infinity: a public key, a blinded message or a signature
/// (NUT-00). Two points are equal when their compressed forms are.
public final class Point {

    /// Bytes of the compressed form.
    public static final int COMPRESSED_BYTES = 33;

    private final ECPoint ecPoint;
    private final byte[] compressed;

    private Point(ECPoint ecPoint, byte[] compressed) {
        this.ecPoint = ecPoint;
        this.compressed = compressed;
    }

    static Point of(ECPoint ecPoint) {
        if (ecPoint.isInfinity()) {
            throw new CashuFormatException("the point at infinity is not allowed");
        }
        ECPoint normalized = ecPoint.normalize();
        return new Point(normalized, normalized.getEncoded(true));
    }

    /// Decodes the 33-byte compressed form.
    ///
    /// @throws CashuFormatException when it is anything else than a point in that form
    public static Point fromBytes(byte[] compressed) {
        if (compressed.length != COMPRESSED_BYTES || (compressed[0] != 2 && compressed[0] != 3)) {
            throw new CashuFormatException("a compressed public key has 33 bytes, 02 or 03 first");
        }
        try {
            return new Point(Curve.decode(compressed), compressed.clone());
        } catch (IllegalArgumentException e) {
            throw new CashuFormatException("the bytes are not a point of secp256k1");
        }
    }

    /// Decodes the hexadecimal compressed form, in either letter case.
    ///
    /// @throws CashuFormatException when it is anything else than a point in that form
    public static Point fromHex(String hex) {
        if (hex.length() != 2 * COMPRESSED_BYTES) {
            throw new CashuFormatException("a compressed public key has 66 hexadecimal digits");
        }
        try {
            return fromBytes(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException e) {
            throw new CashuFormatException("a compressed public key has 66 hexadecimal digits");
        }
    }

    ECPoint ecPoint() {
        return ecPoint;
    }

    /// The 33-byte compressed form; the caller owns the array.
    public byte[] toBytes() {
        return compressed.clone();
    }

    /// The compressed form in lower-case hexadecimal.
    public String toHex() {
        return HexFormat.of().formatHex(compressed);
    }

    /// The 65-byte uncompressed form in lower-case hexadecimal, as NUT-12 hashes it.
    String toUncompressedHex() {
        return HexFormat.of().formatHex(ecPoint.getEncoded(false));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Point point && Arrays.equals(compressed, point.compressed);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(compressed);
    }

    @Override
    public String toString() {
        return toHex();
    }
}
