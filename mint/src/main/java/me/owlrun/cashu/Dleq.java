package me.owlrun.cashu;

import me.owlrun.hash.Sha256;

import org.bouncycastle.math.ec.ECPoint;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
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

    /// Proves that `blindSignature` = k·`blindedMessage` for the key k, with a nonce that follows
    /// from its inputs, so that repeating the request repeats the proof.
    public static Dleq prove(Scalar k, Point blindedMessage, Point blindSignature) {
        Point publicKey = k.publicKey();
        BigInteger nonce = nonce(k, publicKey, blindedMessage, blindSignature);
        Point r1 = Point.of(Curve.multiplyG(nonce));
        Point r2 = Point.of(Curve.multiply(blindedMessage.ecPoint(), nonce));
        BigInteger e = new BigInteger(1, hash(r1, r2, publicKey, blindSignature));
        BigInteger s = nonce.add(e.multiply(k.value())).mod(Curve.ORDER);
        return new Dleq(e, s, Optional.empty());
    }

    /// Whether the signature was made with the key behind `publicKey`.
    public boolean verify(Point publicKey, Point blindedMessage, Point blindSignature) {
        BigInteger reduced = e.mod(Curve.ORDER);
        ECPoint r1 = Curve.multiplyG(s).subtract(Curve.multiply(publicKey.ecPoint(), reduced));
        ECPoint r2 =
                Curve.multiply(blindedMessage.ecPoint(), s)
                        .subtract(Curve.multiply(blindSignature.ecPoint(), reduced));
        if (r1.isInfinity() || r2.isInfinity()) {
            return false;
        }
        byte[] challenge = hash(Point.of(r1), Point.of(r2), publicKey, blindSignature);
        return e.equals(new BigInteger(1, challenge));
    }

    /// Whether a proof that carries this was signed with the key behind `publicKey`; false when the
    /// blinding factor is missing.
    public boolean verifyProof(Point publicKey, Point y, Point c) {
        return r.map(
                        factor -> {
                            Point blindSignature =
                                    Point.of(
                                            c.ecPoint()
                                                    .add(
                                                            Curve.multiply(
                                                                    publicKey.ecPoint(),
                                                                    factor.value())));
                            return verify(publicKey, Bdhke.blind(y, factor), blindSignature);
                        })
                .orElse(false);
    }

    /// SHA-256 over the hexadecimal uncompressed forms of the points.
    static byte[] hash(Point... points) {
        StringBuilder text = new StringBuilder();
        for (Point point : points) {
            text.append(point.toUncompressedHex());
        }
        return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /// The deterministic nonce of NUT-12: HMAC-SHA256 under the private key.
    static BigInteger nonce(Scalar k, Point publicKey, Point blindedMessage, Point signature) {
        for (int counter = 0; counter < 256; counter++) {
            Mac mac = hmac(k.toBytes());
            mac.update(NONCE_DOMAIN);
            mac.update(publicKey.ecPoint().getEncoded(false));
            mac.update(blindedMessage.ecPoint().getEncoded(false));
            mac.update(signature.ecPoint().getEncoded(false));
            mac.update((byte) counter);
            BigInteger candidate = new BigInteger(1, mac.doFinal());
            if (candidate.signum() > 0 && candidate.compareTo(Curve.ORDER) < 0) {
                return candidate;
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
