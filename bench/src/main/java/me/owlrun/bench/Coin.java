package me.owlrun.bench;

import me.owlrun.cashu.Point;

/// A proof that the harness holds.
///
/// @param amount in sat
/// @param secret its secret text
/// @param y the point of the secret
/// @param c the mint's signature
record Coin(long amount, String secret, Point y, Point c) {

    void writeTo(StringBuilder json, String keysetId) {
        json.append("{\"amount\":").append(amount);
        json.append(",\"id\":\"").append(keysetId);
        json.append("\",\"secret\":\"").append(secret);
        json.append("\",\"C\":\"").append(c.toHex()).append("\"}");
    }
}
