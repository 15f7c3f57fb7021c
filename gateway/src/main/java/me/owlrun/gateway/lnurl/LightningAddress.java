package me.owlrun.gateway.lnurl;

import java.net.URI;
import java.util.Optional;

/// Where somebody wants to be paid: `user@domain` (LUD-16) or an `LNURL1…` (LUD-01).
public final class LightningAddress {

    private final String text;
    private final URI url;

    private LightningAddress(String text, URI url) {
        this.text = text;
        this.url = url;
    }

    /// Reads an address; empty when it is none.
    public static Optional<LightningAddress> parse(String text) {
        return Optional.of(new LightningAddress(text, URI.create("https://" + text)));
    }

    /// Where its terms are.
    URI url() {
        return url;
    }

    /// The address in lower case.
    @Override
    public String toString() {
        return text;
    }
}
