package me.owlrun.bolt11;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The SHA-256 hash of the preimage that proves a payment; names an invoice everywhere.
///
/// @param hex 64 lower-case hexadecimal digits
public record PaymentHash(String hex) {

    static final int BYTES = 32;

    /// @throws IllegalArgumentException when it is anything else
    public PaymentHash {
        if (HexFormat.of().parseHex(hex).length != BYTES) {
            throw new IllegalArgumentException("a payment hash has 32 bytes");
        }
    }

    /// The hash in these 32 bytes.
    public static PaymentHash of(byte[] bytes) {
        return new PaymentHash(HexFormat.of().formatHex(bytes));
    }

    /// The hash of a 32-byte preimage.
    public static PaymentHash ofPreimage(byte[] preimage) {
        try {
            return of(MessageDigest.getInstance("SHA-256").digest(preimage));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// The 32 bytes.
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
