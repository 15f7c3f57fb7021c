package me.owlrun.cashu;

import me.owlrun.hash.Sha256;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A proof that a blind signature was made with the published key (NUT-12). Beside a proof it also
/// carries the blinding factor, so that a receiver can check it.
///
/// @param e the challenge
/// @param s the response
/// @param r the blinding factor; only in proofs that travel between wallets
public record Dleq(BigInteger e, BigInteger s, Optional<Scalar> r) {

    private static final byte[] NONCE_DOMAIN = "Cashu_DLEQ_R_v1".getBytes(StandardCharsets.UTF_8);
    private static final byte[] HEX_DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /// Proves that `blindSignature` = k·`blindedMessage` for the key k, with a nonce that follows
    /// from its inputs, so that repeating the request repeats the proof.
    public static Dleq prove(Scalar k, Point blindedMessage, Point blindSignature) {
        return prove(k, k.publicKey(), blindedMessage, blindSignature);
    }

    /// As above, for a signer that has the public key of k at hand.
    public static Dleq prove(
            Scalar k, Point publicKey, Point blindedMessage, Point blindSignature) {
        Scalar nonce = nonce(k, publicKey, blindedMessage, blindSignature);
        Point r1 = nonce.publicKey();
        Point r2 = blindedMessage.timesSecret(nonce);
        BigInteger e = new BigInteger(1, hash(r1, r2, publicKey, blindSignature));
        byte[] reduced = Scalar.bytes(e.mod(Curve.ORDER));
        byte[] s = Curve.engine().multiplyAdd(k.bytes(), reduced, nonce.bytes());
        return new Dleq(e, new BigInteger(1, s), Optional.empty());
    }

    /// Whether the signature was made with the key behind `publicKey`.
    public boolean verify(Point publicKey, Point blindedMessage, Point blindSignature) {
        BigInteger challenge = e.mod(Curve.ORDER);
        BigInteger response = s.mod(Curve.ORDER);
        if (challenge.signum() == 0 || response.signum() == 0) {
            return false; // once in 2^256 for an honest signer
        }
        Scalar eScalar = new Scalar(challenge);
        Scalar sScalar = new Scalar(response);
        Optional<Point> r1 = sScalar.publicKey().minus(publicKey.times(eScalar));
        Optional<Point> r2 = blindedMessage.times(sScalar).minus(blindSignature.times(eScalar));
        if (r1.isEmpty() || r2.isEmpty()) {
            return false;
        }
        byte[] expected = hash(r1.get(), r2.get(), publicKey, blindSignature);
        return e.equals(new BigInteger(1, expected));
    }

    /// Whether a proof that carries this was signed with the key behind `publicKey`; false when the
    /// blinding factor is missing.
    public boolean verifyProof(Point publicKey, Point y, Point c) {
        return r.flatMap(factor ->
                        c.plus(publicKey.times(factor))
                                .map(blindSignature ->
                                        verify(publicKey, Bdhke.blind(y, factor), blindSignature)))
                .orElse(false);
    }

    /// SHA-256 over the hexadecimal uncompressed forms of the points.
    static byte[] hash(Point... points) {
        MessageDigest sha256 = Sha256.digest();
        byte[] hex = new byte[2 * CurveEngine.POINT_BYTES];
        for (Point point : points) {
            writeHex(point.uncompressed(), hex);
            sha256.update(hex);
        }
        return sha256.digest();
    }

    private static void writeHex(byte[] bytes, byte[] hex) {
        for (int i = 0; i < bytes.length; i++) {
            hex[2 * i] = HEX_DIGITS[(bytes[i] >> 4) & 15];
            hex[2 * i + 1] = HEX_DIGITS[bytes[i] & 15];
        }
    }

    /// The deterministic nonce of NUT-12: HMAC-SHA256 under the private key.
    static Scalar nonce(Scalar k, Point publicKey, Point blindedMessage, Point signature) {
        for (int counter = 0; counter < 256; counter++) {
            Mac mac = hmac(k.bytes());
            mac.update(NONCE_DOMAIN);
            mac.update(publicKey.uncompressed());
            mac.update(blindedMessage.uncompressed());
            mac.update(signature.uncompressed());
            mac.update((byte) counter);
            byte[] candidate = mac.doFinal();
            if (Curve.isScalar(candidate)) {
                return Scalar.fromBytes(candidate);
            }
        }
        throw new IllegalStateException("no DLEQ nonce in 256 tries: impossible in practice");
    }

    private static Mac hmac(byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException ex) {
            throw new IllegalStateException("every JDK has HmacSHA256", ex);
        }
    }
}
