package me.owlrun.gateway.account;

import me.owlrun.hash.Sha256;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// A key `owlr_prov_…` or `owlr_buy_…`. It is stored as a hash only and never printed.
public final class ApiKey {

    private static final String PROVIDER_PREFIX = "owlr_prov_";
    private static final String BUYER_PREFIX = "owlr_buy_";
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{8,128}");

    /// Random octets in a key that we make: 192 bits.
    private static final int SECRET_BYTES = 24;

    /// Characters of the secret that its owner is shown later.
    private static final int SHOWN_CHARS = 4;

    private final KeyStore.Kind kind;
    private final String text;

    private ApiKey(KeyStore.Kind kind, String text) {
        this.kind = kind;
        this.text = text;
    }

    /// The key, if the text has the form of one.
    static Optional<ApiKey> of(String text) {
        for (KeyStore.Kind kind : KeyStore.Kind.values()) {
            String prefix = prefix(kind);
            if (text.startsWith(prefix)
                    && SECRET.matcher(text.substring(prefix.length())).matches()) {
                return Optional.of(new ApiKey(kind, text));
            }
        }
        return Optional.empty();
    }

    /// The key, if the text has the form of a provider's.
    public static Optional<ApiKey> provider(String text) {
        return of(text).filter(key -> key.kind == KeyStore.Kind.PROVIDER);
    }

    /// The key, if the text has the form of a buyer's.
    static Optional<ApiKey> buyer(String text) {
        return of(text).filter(key -> key.kind == KeyStore.Kind.BUYER);
    }

    /// A new buyer's key.
    ///
    /// @param random must be a secure one
    static ApiKey generate(RandomGenerator random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return new ApiKey(KeyStore.Kind.BUYER, BUYER_PREFIX + HexFormat.of().formatHex(secret));
    }

    private static String prefix(KeyStore.Kind kind) {
        return kind == KeyStore.Kind.PROVIDER ? PROVIDER_PREFIX : BUYER_PREFIX;
    }

    KeyStore.Kind kind() {
        return kind;
    }

    /// The key itself, for the one answer that tells it.
    String secret() {
        return text;
    }

    /// What is stored.
    public byte[] sha256() {
        return Sha256.of(text);
    }

    /// Whether both are the same, compared in a time that tells nothing.
    public boolean isSameAs(ApiKey other) {
        return MessageDigest.isEqual(sha256(), other.sha256());
    }

    /// The same in hexadecimal.
    String sha256Hex() {
        return Sha256.hexOf(text);
    }

    /// The first characters, to tell keys apart; they open nothing.
    String shown() {
        return text.substring(0, prefix(kind).length() + SHOWN_CHARS);
    }

    @Override
    public String toString() {
        return prefix(kind) + "[REDACTED]";
    }
}
