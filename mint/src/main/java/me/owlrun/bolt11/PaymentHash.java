package me.owlrun.bolt11;

import me.owlrun.hash.Sha256;

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
        return of(Sha256.of(preimage));
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
