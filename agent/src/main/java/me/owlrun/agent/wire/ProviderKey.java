package me.owlrun.agent.wire;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// The secret that names this node's owner at the gateway (seed 000: `owlr_prov_...`). It is sent
/// to the gateway and nowhere else: printing one prints a mask.
///
/// @param value the whole key
public record ProviderKey(String value) {
    /// What every provider key begins with.
    public static final String PREFIX = "owlr_prov_";

    private static final int RANDOM_BYTES = 24;
    private static final int SHOWN_CHARACTERS = 4;
    private static final Pattern FORM = Pattern.compile("owlr_prov_[A-Za-z0-9_-]{8,128}");

    /// Refuses anything that is no provider key.
    public ProviderKey {
        if (!isWellFormed(value)) {
            throw new IllegalArgumentException("not a provider key");
        }
    }

    /// Whether this text has the form of a provider key.
    public static boolean isWellFormed(String text) {
        return FORM.matcher(text).matches();
    }

    /// A new key of 48 hexadecimal digits.
    ///
    /// @param random where its 24 bytes come from; must be a secure source outside tests
    public static ProviderKey generate(RandomGenerator random) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return new ProviderKey(PREFIX + HexFormat.of().formatHex(bytes));
    }

    /// The first characters only, enough to tell two keys apart.
    public String masked() {
        return PREFIX + value.substring(PREFIX.length(), PREFIX.length() + SHOWN_CHARACTERS) + "…";
    }

    @Override
    public String toString() {
        return masked();
    }
}
