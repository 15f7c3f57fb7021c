package me.owlrun.up;

import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Token;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// What the tests know of the gateway's books.
final class Books {

    /// The cost of a payment, by its key.
    static final String COST_OF_PAYMENT = "SELECT cost_msat FROM payment WHERE payment_key = ?";

    private Books() {}

    /// The key a payment is stored under: SHA-256 of the sorted points of its coins.
    static byte[] paymentKey(Token token) {
        List<byte[]> points =
                token.proofs().stream()
                        .map(Proof::y)
                        .map(point -> point.toBytes())
                        .sorted(Comparator.comparing((byte[] p) -> p, Arrays::compareUnsigned))
                        .toList();
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            points.forEach(sha256::update);
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
