package me.owlrun.cashu;

import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/// ECDSA signatures on secp256k1 from which the signer's public key can be recovered, as Lightning
/// invoices carry them (BOLT 11); nonces follow RFC 6979.
public final class Ecdsa {

    /// Bytes of a signature: r, s, and the recovery number in the last byte.
    public static final int SIGNATURE_BYTES = 65;

    private static final BigInteger HALF_ORDER = Curve.ORDER.shiftRight(1);

    private Ecdsa() {}

    /// Signs a 32-byte hash.
    ///
    /// @return 65 bytes
    public static byte[] sign(byte[] hash, Scalar key) {
        ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        signer.init(true, new ECPrivateKeyParameters(key.value(), Curve.DOMAIN));
        BigInteger[] rs = signer.generateSignature(hash);
        BigInteger s = rs[1].compareTo(HALF_ORDER) > 0 ? Curve.ORDER.subtract(rs[1]) : rs[1];
        byte[] signature = Arrays.copyOf(Scalar.bytes(rs[0]), SIGNATURE_BYTES);
        System.arraycopy(Scalar.bytes(s), 0, signature, Scalar.BYTES, Scalar.BYTES);
        Point publicKey = key.publicKey();
        for (byte recovery = 0; recovery < 4; recovery++) {
            signature[SIGNATURE_BYTES - 1] = recovery;
            if (recover(hash, signature).filter(publicKey::equals).isPresent()) {
                return signature;
            }
        }
        throw new IllegalStateException("a fresh signature recovers no key: impossible");
    }

    /// The public key that made a signature of a 32-byte hash; empty when none can have.
    ///
    /// @param signature 65 bytes
    public static Optional<Point> recover(byte[] hash, byte[] signature) {
        BigInteger r = new BigInteger(1, Arrays.copyOfRange(signature, 0, Scalar.BYTES));
        BigInteger s =
                new BigInteger(1, Arrays.copyOfRange(signature, Scalar.BYTES, 2 * Scalar.BYTES));
        int recovery = signature[SIGNATURE_BYTES - 1];
        boolean inRange = isBelowOrder(r) && isBelowOrder(s) && recovery >= 0 && recovery < 4;
        if (!inRange) {
            return Optional.empty();
        }
        BigInteger x = recovery < 2 ? r : r.add(Curve.ORDER);
        byte[] compressed = new byte[Point.COMPRESSED_BYTES];
        compressed[0] = (byte) (2 + (recovery & 1));
        if (x.bitLength() > 8 * Scalar.BYTES) {
            return Optional.empty();
        }
        System.arraycopy(Scalar.bytes(x), 0, compressed, 1, Scalar.BYTES);
        try {
            ECPoint nonce = Point.fromBytes(compressed).ecPoint();
            BigInteger inverse = r.modInverse(Curve.ORDER);
            BigInteger e = new BigInteger(1, hash).negate();
            ECPoint ofHash = Curve.multiplyG(e.multiply(inverse).mod(Curve.ORDER));
            ECPoint ofNonce = Curve.multiply(nonce, s.multiply(inverse).mod(Curve.ORDER));
            return Optional.of(Point.of(ofNonce.add(ofHash)));
        } catch (CashuFormatException _) {
            return Optional.empty();
        }
    }

    /// Whether a signature has the canonical form with the smaller of the two possible values of s.
    public static boolean hasLowS(byte[] signature) {
        byte[] s = Arrays.copyOfRange(signature, Scalar.BYTES, 2 * Scalar.BYTES);
        return new BigInteger(1, s).compareTo(HALF_ORDER) <= 0;
    }

    private static boolean isBelowOrder(BigInteger number) {
        return number.signum() > 0 && number.compareTo(Curve.ORDER) < 0;
    }
}
