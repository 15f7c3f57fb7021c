package me.owlrun.gateway.lnurl;

import me.owlrun.bech32.Bech32;
import me.owlrun.bech32.Words;
import me.owlrun.gateway.outbound.HostNames;
import me.owlrun.gateway.outbound.PublicHttp;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where somebody wants to be paid: `user@domain` (LUD-16) or an `LNURL1…` (LUD-01), each with its
/// https address. Of a form that we would ask; whether anybody answers is not known.
///
/// @param text the address in lower case
/// @param url where its terms are
public record LightningAddress(String text, URI url) {

    private static final int CHARS_MAX = 2_000;
    private static final Pattern ADDRESS = Pattern.compile("([a-z0-9_.+-]{1,64})@([a-z0-9.-]+)");
    private static final Pattern DOTS = Pattern.compile("\\.+");
    private static final String LNURL = "lnurl";

    /// Reads an address in any letter case; empty when it is none.
    public static Optional<LightningAddress> parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (lower.length() > CHARS_MAX) {
            return Optional.empty();
        }
        Matcher address = ADDRESS.matcher(lower);
        if (address.matches()) {
            return ofUser(lower, address.group(1), address.group(2));
        }
        return lower.startsWith(LNURL + "1") ? ofLnurl(text.strip()) : Optional.empty();
    }

    private static Optional<LightningAddress> ofUser(String text, String user, String domain) {
        if (DOTS.matcher(user).matches() || !HostNames.isPublicForm(domain)) {
            return Optional.empty();
        }
        String url = "https://" + domain + "/.well-known/lnurlp/" + user;
        return Optional.of(new LightningAddress(text, URI.create(url)));
    }

    private static Optional<LightningAddress> ofLnurl(String text) {
        return Bech32.decode(text, Bech32.Variant.BECH32)
                .filter(bech32 -> bech32.prefix().equals(LNURL))
                .flatMap(bech32 -> url(Words.toBytes(bech32.words())))
                .map(url -> new LightningAddress(text.toLowerCase(Locale.ROOT), url));
    }

    private static Optional<URI> url(byte[] utf8) {
        try {
            URI url = new URI(new String(utf8, StandardCharsets.UTF_8));
            return PublicHttp.isAllowedForm(url) ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
