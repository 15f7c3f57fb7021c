package me.owlrun.gateway.lnurl;

import static me.owlrun.gateway.lnurl.LnurlHttp.refused;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.gateway.outbound.PublicHttp;
import me.owlrun.money.Msat;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/// Checks what a server says about paying to an address (LUD-06, 12, 18).
final class TermsReader {

    private TermsReader() {}

    static Lookup<PayTerms> read(JsonNode json) {
        if (!"payRequest".equals(json.path("tag").textValue())) {
            return refused(Refusal.TAG, "the tag is not payRequest");
        }
        Optional<URI> callback = uri(json.path("callback"));
        if (callback.isEmpty()) {
            return refused(Refusal.CALLBACK, "the callback is no public https address");
        }
        JsonNode min = json.path("minSendable");
        JsonNode max = json.path("maxSendable");
        if (!isWhole(min)
                || !isWhole(max)
                || min.longValue() < 1
                || max.longValue() < min.longValue()) {
            return refused(Refusal.RANGE, "minSendable and maxSendable make no sense");
        }
        if (wantsPayerData(json.path("payerData"))) {
            return refused(Refusal.MANDATORY_PAYER_DATA, "the server wants to know who pays");
        }
        if (!json.path("metadata").isTextual()) {
            return refused(Refusal.FORM, "the metadata is not a text");
        }
        JsonNode commentAllowed = json.path("commentAllowed");
        int commentChars = commentAllowed.canConvertToInt() ? commentAllowed.intValue() : 0;
        return new Lookup.Found<>(
                new PayTerms(
                        callback.get(),
                        Msat.of(min.longValue()),
                        Msat.of(max.longValue()),
                        json.path("metadata").textValue(),
                        Math.max(0, commentChars)));
    }

    private static boolean isWhole(JsonNode number) {
        return number.isIntegralNumber() && number.canConvertToLong();
    }

    private static boolean wantsPayerData(JsonNode payerData) {
        return payerData.valueStream().anyMatch(field -> field.path("mandatory").asBoolean());
    }

    /// An address that we would ask.
    static Optional<URI> uri(JsonNode text) {
        if (!text.isTextual()) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(text.textValue());
            return PublicHttp.isAllowedForm(uri) ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
