package me.owlrun.cashu;

import me.owlrun.hash.Sha256;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/// Maps a secret to a point nobody knows the discrete logarithm of (NUT-00).
public final class HashToCurve {

    private static final byte[] DOMAIN =
            "Secp256k1_HashToCurve_Cashu_".getBytes(StandardCharsets.UTF_8);

    /// How many counters are tried; each one succeeds with probability one half.
    private static final int COUNTER_MAX = 1 << 16;

    private HashToCurve() {}

    /// The point Y of a secret, hashed as its UTF-8 bytes.
    public static Point ofSecret(String secret) {
        return ofMessage(secret.getBytes(StandardCharsets.UTF_8));
    }

    /// The point of these bytes.
    public static Point ofMessage(byte[] message) {
        MessageDigest sha256 = Sha256.digest();
        sha256.update(DOMAIN);
        byte[] messageHash = sha256.digest(message);
        byte[] candidate = new byte[Point.COMPRESSED_BYTES];
        candidate[0] = 2;
        byte[] counterBytes = new byte[4];
        for (int counter = 0; counter < COUNTER_MAX; counter++) {
            counterBytes[0] = (byte) counter;
            counterBytes[1] = (byte) (counter >>> 8);
            counterBytes[2] = (byte) (counter >>> 16);
            counterBytes[3] = (byte) (counter >>> 24);
            sha256.update(messageHash);
            byte[] x = sha256.digest(counterBytes);
            System.arraycopy(x, 0, candidate, 1, x.length);
            Optional<Point> point = Point.find(candidate);
            if (point.isPresent()) {
                return point.get();
            }
        }
        throw new IllegalStateException("hash_to_curve found no point: impossible in practice");
    }
}
