package me.owlrun.cashu;

import me.owlrun.hash.Sha256;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/// Schnorr signatures on secp256k1 (BIP 340), as spending conditions and locked quotes use them
/// (NUT-11, NUT-20). Public keys count by their x-coordinate only.
public final class Schnorr {

    /// Bytes of a signature: the x-coordinate of R, then s.
    public static final int SIGNATURE_BYTES = 64;

    private static final byte EVEN_Y = 2;

    private Schnorr() {}

    /// Whether a signature of a message was made with a public key's private key.
    ///
    /// @param message any bytes; the NUTs sign a SHA-256 hash
    /// @param signature any bytes
    public static boolean verify(byte[] message, Point publicKey, byte[] signature) {
        if (signature.length != SIGNATURE_BYTES) {
            return false;
        }
        byte[] r = Arrays.copyOf(signature, Scalar.BYTES);
        Point key = withEvenY(publicKey);
        try {
            // A scalar is never zero: nobody can find a message for which s or e would be.
            Scalar s =
                    Scalar.fromBytes(Arrays.copyOfRange(signature, Scalar.BYTES, SIGNATURE_BYTES));
            Scalar e = new Scalar(challenge(r, key, message));
            Point nonce = Bdhke.unblind(s.publicKey(), e, key); // s·G − e·P
            return hasEvenY(nonce) && Arrays.equals(x(nonce), r);
        } catch (CashuFormatException _) {
            return false; // s out of range, or the difference is infinity
        }
    }

    /// Signs a message.
    ///
    /// @param auxiliary 32 fresh random bytes
    /// @return 64 bytes
    public static byte[] sign(byte[] message, Scalar key, byte[] auxiliary) {
        Point publicKey = key.publicKey();
        BigInteger d = hasEvenY(publicKey) ? key.value() : Curve.ORDER.subtract(key.value());
        byte[] masked = Scalar.bytes(d);
        byte[] mask = taggedHash("BIP0340/aux", auxiliary);
        for (int i = 0; i < masked.length; i++) {
            masked[i] ^= mask[i];
        }
        BigInteger seed = number(taggedHash("BIP0340/nonce", masked, x(publicKey), message));
        Scalar k = new Scalar(seed.mod(Curve.ORDER));
        Point nonce = k.publicKey();
        BigInteger even = hasEvenY(nonce) ? k.value() : Curve.ORDER.subtract(k.value());
        byte[] r = x(nonce);
        BigInteger s = even.add(challenge(r, publicKey, message).multiply(d)).mod(Curve.ORDER);
        byte[] signature = Arrays.copyOf(r, SIGNATURE_BYTES);
        System.arraycopy(Scalar.bytes(s), 0, signature, Scalar.BYTES, Scalar.BYTES);
        return signature;
    }

    private static BigInteger challenge(byte[] r, Point publicKey, byte[] message) {
        return number(taggedHash("BIP0340/challenge", r, x(publicKey), message)).mod(Curve.ORDER);
    }

    private static byte[] taggedHash(String tag, byte[]... parts) {
        byte[] tagHash = Sha256.of(tag.getBytes(StandardCharsets.US_ASCII));
        MessageDigest digest = Sha256.digest();
        digest.update(tagHash);
        digest.update(tagHash);
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    private static BigInteger number(byte[] bigEndian) {
        return new BigInteger(1, bigEndian);
    }

    private static byte[] x(Point point) {
        return Arrays.copyOfRange(point.toBytes(), 1, Point.COMPRESSED_BYTES);
    }

    private static boolean hasEvenY(Point point) {
        return point.toBytes()[0] == EVEN_Y;
    }

    private static Point withEvenY(Point point) {
        if (hasEvenY(point)) {
            return point;
        }
        byte[] compressed = point.toBytes();
        compressed[0] = EVEN_Y;
        return Point.fromBytes(compressed);
    }
}
