package me.owlrun.cashu;

import org.bouncycastle.math.ec.ECPoint;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// A point of secp256k1 other than infinity: a public key, a blinded message or a signature
/// (NUT-00). Two points are equal when their compressed forms are.
public final class Point {

    /// Bytes of the compressed form.
    public static final int COMPRESSED_BYTES = 33;

    /// 2^256 - 2^32 - 977, as bytes from 0 to 255.
    private static final int[] FIELD_PRIME = fieldPrime();

    private final byte[] compressed;

    /// Decompressed when first needed, which costs a square root; no harm if done twice.
    private byte @Nullable [] uncompressed;

    private Point(byte[] compressed, byte @Nullable [] uncompressed) {
        this.compressed = compressed;
        this.uncompressed = uncompressed;
    }

    private static int[] fieldPrime() {
        int[] bytes = new int[Scalar.BYTES];
        Arrays.fill(bytes, 0xff);
        bytes[27] = 0xfe;
        bytes[30] = 0xfc;
        bytes[31] = 0x2f;
        return bytes;
    }

    static Point of(ECPoint ecPoint) {
        if (ecPoint.isInfinity()) {
            throw infinity();
        }
        return ofUncompressed(ecPoint.normalize().getEncoded(false));
    }

    /// The point of 65 bytes that an engine made; they are not copied.
    static Point ofUncompressed(byte[] uncompressed) {
        byte[] compressed = Arrays.copyOf(uncompressed, COMPRESSED_BYTES);
        compressed[0] = (byte) (2 + (uncompressed[CurveEngine.POINT_BYTES - 1] & 1));
        return new Point(compressed, uncompressed);
    }

    static CashuFormatException infinity() {
        return new CashuFormatException("the point at infinity is not allowed");
    }

    /// Decodes the 33-byte compressed form.
    ///
    /// @throws CashuFormatException when it is anything else than a point in that form
    public static Point fromBytes(byte[] compressed) {
        if (!hasCompressedForm(compressed)) {
            throw new CashuFormatException("a compressed public key has 33 bytes, 02 or 03 first");
        }
        return find(compressed)
                .orElseThrow(
                        () -> new CashuFormatException("the bytes are not a point of secp256k1"));
    }

    /// Takes a compressed form that was checked before it was stored, and does not check it again.
    ///
    /// @throws CashuFormatException when it has not even the shape of one
    public static Point fromTrustedBytes(byte[] compressed) {
        if (!hasCompressedForm(compressed)) {
            throw new CashuFormatException("a stored point has 33 bytes, 02 or 03 first");
        }
        return new Point(compressed.clone(), null);
    }

    private static boolean hasCompressedForm(byte[] bytes) {
        return bytes.length == COMPRESSED_BYTES && (bytes[0] == 2 || bytes[0] == 3);
    }

    /// The point of 33 bytes in compressed form, if there is one.
    static Optional<Point> find(byte[] compressed) {
        return Curve.engine().decode(compressed).map(xy -> new Point(compressed.clone(), xy));
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
        return Curve.decode(uncompressed());
    }

    /// k times this point, for a k that must stay secret whoever chose the point.
    Point timesSecret(Scalar k) {
        return ofUncompressed(Curve.engine().multiplySecret(uncompressed(), k.bytes()));
    }

    /// k times this point; how long it takes may tell k.
    Point times(Scalar k) {
        return ofUncompressed(Curve.engine().multiply(uncompressed(), k.bytes()));
    }

    /// The sum; empty when it is infinity.
    public Optional<Point> plus(Point other) {
        return Curve.engine().add(uncompressed(), other.uncompressed()).map(Point::ofUncompressed);
    }

    /// The difference; empty when the points are equal.
    public Optional<Point> minus(Point other) {
        byte[] opposite = other.uncompressed().clone();
        int borrow = 0;
        for (int i = Scalar.BYTES - 1; i >= 0; i--) { // y becomes p - y; y is never zero
            int at = opposite.length - Scalar.BYTES + i;
            int digit = FIELD_PRIME[i] - (opposite[at] & 0xff) - borrow;
            borrow = digit < 0 ? 1 : 0;
            opposite[at] = (byte) digit;
        }
        return Curve.engine().add(uncompressed(), opposite).map(Point::ofUncompressed);
    }

    /// The 33-byte compressed form; the caller owns the array.
    public byte[] toBytes() {
        return compressed.clone();
    }

    /// The compressed form in lower-case hexadecimal.
    public String toHex() {
        return HexFormat.of().formatHex(compressed);
    }

    /// The 65-byte uncompressed form; not to be changed.
    byte[] uncompressed() {
        byte[] known = uncompressed;
        if (known == null) {
            known =
                    Curve.engine()
                            .decode(compressed)
                            .orElseThrow(
                                    () -> new CashuFormatException("a stored point is damaged"));
            uncompressed = known;
        }
        return known;
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
