package me.owlrun.hash;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256 (FIPS 180-4), which every JDK has.
public final class Sha256 {

    private Sha256() {}

    /// A fresh digest, for input that comes in pieces.
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// The 32-byte hash of bytes.
    public static byte[] of(byte[] bytes) {
        return digest().digest(bytes);
    }

    /// The 32-byte hash of a text's UTF-8 bytes.
    public static byte[] of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The hash of a text's UTF-8 bytes in lower-case hexadecimal.
    public static String hexOf(String text) {
        return HexFormat.of().formatHex(of(text));
    }
}
