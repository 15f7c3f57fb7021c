package me.owlrun.bench;

import me.owlrun.cashu.HashToCurve;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Scalar;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// An output that waits for its signature. Its blinding factor is 1: nobody's privacy is at stake
/// here, and blinding costs one addition instead of a multiplication.
///
/// @param secret the secret text
/// @param y the point of the secret
/// @param b what the mint signs
record Output(String secret, Point y, Point b) {

    private static final Point G = new Scalar(BigInteger.ONE).publicKey();
    private static final int SECRET_BYTES = 32;

    static Output random(RandomGenerator random) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        String secret = HexFormat.of().formatHex(bytes);
        Point y = HashToCurve.ofSecret(secret);
        return new Output(secret, y, y.plus(G).orElseThrow());
    }

    /// The coin that a signature makes of it.
    ///
    /// @param key the mint's public key for the amount
    Coin unblind(long amount, Point signature, Point key) {
        return new Coin(amount, secret, y, signature.minus(key).orElseThrow());
    }

    void writeTo(StringBuilder json, long amount, String keysetId) {
        json.append("{\"amount\":").append(amount);
        json.append(",\"id\":\"").append(keysetId);
        json.append("\",\"B_\":\"").append(b.toHex()).append("\"}");
    }
}
