package me.owlrun.gateway.lnurl;

import static me.owlrun.gateway.lnurl.LnurlHttp.refused;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.outbound.PublicHttp;
import me.owlrun.money.Msat;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;

/// Gets invoices for Lightning addresses, checked so that they can be paid. Thread-safe.
public final class LnurlPay {

    /// Metadata may carry a picture.
    private static final int TERMS_BYTES_MAX = 262_144;

    private static final Pattern PREIMAGE = Pattern.compile("[0-9a-f]{64}");

    private final LnurlHttp http;
    private final InvoiceChecks checks;

    /// @param http reaches the servers
    /// @param network whose invoices are taken
    /// @param policy what is asked of the description hash
    public LnurlPay(PublicHttp http, Network network, DescriptionHash policy, InstantSource clock) {
        this.http = new LnurlHttp(http);
        this.checks = new InvoiceChecks(network, policy, clock);
    }

    /// Asks what an address takes.
    public Lookup<PayTerms> terms(LightningAddress address) {
        return switch (http.get(address.url(), TERMS_BYTES_MAX)) {
            case Lookup.Refused<ObjectNode>(Refusal refusal, String reason) ->
                    refused(refusal, reason);
            case Lookup.Found<ObjectNode>(ObjectNode json) -> TermsReader.read(json);
        };
    }

    /// Asks for an invoice and checks it. One that ends too soon is asked for once more.
    ///
    /// @param amount whole sats, above zero
    /// @param comment what the payee reads with the money, where the server takes comments
    /// @throws IllegalArgumentException when the amount is not whole sats above zero
    public Lookup<PayInvoice> invoice(PayTerms terms, Msat amount, String comment) {
        if (!amount.isPositive() || amount.subSat().isPositive()) {
            throw new IllegalArgumentException("invoices are over whole sats, not " + amount);
        }
        if (amount.compareTo(terms.min()) < 0) {
            return refused(Refusal.BELOW_MIN, "the server takes no less than " + terms.min());
        }
        if (amount.compareTo(terms.max()) > 0) {
            return refused(Refusal.RANGE, "the server takes no more than " + terms.max());
        }
        Lookup<PayInvoice> first = askInvoice(terms, amount, comment);
        boolean endsTooSoon =
                first instanceof Lookup.Refused<PayInvoice>(Refusal refusal, _)
                        && refusal == Refusal.EXPIRY;
        return endsTooSoon ? askInvoice(terms, amount, comment) : first;
    }

    private Lookup<PayInvoice> askInvoice(PayTerms terms, Msat amount, String comment) {
        URI callback = callback(terms, amount, comment);
        return switch (http.get(callback, PublicHttp.BODY_BYTES)) {
            case Lookup.Refused<ObjectNode>(Refusal refusal, String reason) ->
                    refused(refusal, reason);
            case Lookup.Found<ObjectNode>(ObjectNode json) ->
                    checks.check(json, amount, terms.metadata());
        };
    }

    private static URI callback(PayTerms terms, Msat amount, String comment) {
        String text = terms.callback().toString();
        int fragment = text.indexOf('#');
        String base = fragment < 0 ? text : text.substring(0, fragment);
        String asked = base + (base.contains("?") ? "&" : "?") + "amount=" + amount.value();
        String cut = cut(comment, terms.commentChars());
        return URI.create(
                cut.isEmpty()
                        ? asked
                        : asked + "&comment=" + URLEncoder.encode(cut, StandardCharsets.UTF_8));
    }

    private static String cut(String text, int charsMax) {
        int chars = text.codePointCount(0, text.length());
        return chars <= charsMax ? text : text.substring(0, text.offsetByCodePoints(0, charsMax));
    }

    /// Asks the payee's server once whether an invoice was paid (LUD-21).
    public Lookup<Settlement> verify(URI verify) {
        return switch (http.get(verify, PublicHttp.BODY_BYTES)) {
            case Lookup.Refused<ObjectNode>(Refusal refusal, String reason) ->
                    refused(refusal, reason);
            case Lookup.Found<ObjectNode>(ObjectNode json) -> settlement(json);
        };
    }

    private static Lookup<Settlement> settlement(JsonNode json) {
        if (!json.path("settled").isBoolean()) {
            return refused(Refusal.FORM, "the server does not say whether it was settled");
        }
        Optional<String> preimage =
                Optional.ofNullable(json.path("preimage").textValue())
                        .filter(text -> PREIMAGE.matcher(text).matches());
        return new Lookup.Found<>(new Settlement(json.path("settled").booleanValue(), preimage));
    }
}
