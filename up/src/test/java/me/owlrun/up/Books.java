package me.owlrun.up;

import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Token;
import me.owlrun.hash.Sha256;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/// What the tests know of the gateway's books.
final class Books {

    /// What the ledger booked as cost of the payment made with a token: provider, fee and margin.
    static final String COST_OF_PAYMENT =
            """
            SELECT sum(e.amount_msat)
            FROM payment p
            JOIN transfer t ON t.reference = p.id AND t.kind = 'settle'
            JOIN entry e ON e.transfer_id = t.id
            JOIN account a ON a.id = e.account_id
            WHERE p.token_key = ? AND a.kind IN ('sats', 'fee', 'fx')
            """;

    private Books() {}

    /// The name of a token in the gateway: SHA-256 of the sorted points of its coins.
    static String tokenKey(Token token) {
        List<byte[]> points =
                token.proofs().stream()
                        .map(Proof::y)
                        .map(point -> point.toBytes())
                        .sorted(Comparator.comparing((byte[] p) -> p, Arrays::compareUnsigned))
                        .toList();
        MessageDigest sha256 = Sha256.digest();
        points.forEach(sha256::update);
        return HexFormat.of().formatHex(sha256.digest());
    }
}
