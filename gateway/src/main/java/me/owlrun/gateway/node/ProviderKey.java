package me.owlrun.gateway.node;

import me.owlrun.hash.Sha256;

import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;

/// An owner's key `owlr_prov_…`: it opens the account and is stored only as a hash.
final class ProviderKey {

    private static final Pattern FORM = Pattern.compile("owlr_prov_[A-Za-z0-9_-]{8,128}");

    private final String text;

    private ProviderKey(String text) {
        this.text = text;
    }

    /// The key if the text has its form.
    static Optional<ProviderKey> of(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new ProviderKey(text)) : Optional.empty();
    }

    /// What is stored.
    byte[] sha256() {
        return Sha256.of(text);
    }

    /// Whether both are the same, compared in a time that tells nothing.
    boolean isSameAs(ProviderKey other) {
        return MessageDigest.isEqual(sha256(), other.sha256());
    }

    @Override
    public String toString() {
        return "owlr_prov_[REDACTED]";
    }
}
