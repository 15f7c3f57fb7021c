package me.owlrun.gateway.lnurl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.outbound.Fetched;
import me.owlrun.gateway.outbound.PublicHttp;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.net.URI;
import java.util.Optional;

/// Asks LNURL servers for JSON objects. What they say counts more than their HTTP status (LUD-01);
/// that only helps to tell why there is nothing to read.
final class LnurlHttp {

    private static final int REASON_CHARS_MAX = 90;
    private static final int OK_FIRST = 200;
    private static final int OK_END = 300;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;

    private final PublicHttp http;

    LnurlHttp(PublicHttp http) {
        this.http = http;
    }

    /// Asks for an object that is no error.
    Lookup<ObjectNode> get(URI uri, int bodyBytesMax) {
        return switch (http.get(uri, bodyBytesMax)) {
            case Fetched.Failed(Fetched.Fault fault, String detail) ->
                    refused(refusal(fault), detail);
            case Fetched.Answer(int status, String body) ->
                    parse(body).map(json -> read(status, json)).orElseGet(() -> unreadable(status));
        };
    }

    private static Refusal refusal(Fetched.Fault fault) {
        return switch (fault) {
            case FORBIDDEN -> Refusal.FORBIDDEN;
            case TOO_LARGE, REDIRECTS -> Refusal.FORM;
            case NAME, CONNECT, TLS, TIMEOUT, BROKEN -> Refusal.TEMPORARY;
        };
    }

    private static Optional<ObjectNode> parse(String body) {
        try {
            return Optional.of(Json.parseObject(body));
        } catch (InvalidJsonException e) {
            return Optional.empty();
        }
    }

    private static Lookup<ObjectNode> read(int status, ObjectNode json) {
        if ("ERROR".equalsIgnoreCase(json.path("status").asText())) {
            return refused(
                    isUnknown(status) ? Refusal.ADDRESS_UNKNOWN : Refusal.TEMPORARY,
                    "the server says: " + json.path("reason").asText());
        }
        return isOk(status) || isOfUse(json) ? new Lookup.Found<>(json) : unreadable(status);
    }

    /// Whether it is an answer of LNURL-pay, whatever its HTTP status says.
    private static boolean isOfUse(JsonNode json) {
        return json.has("tag") || json.has("pr") || json.has("settled");
    }

    private static Lookup<ObjectNode> unreadable(int status) {
        if (isUnknown(status)) {
            return refused(Refusal.ADDRESS_UNKNOWN, "the server does not know it");
        }
        return isOk(status)
                ? refused(Refusal.FORM, "the answer is not a JSON object")
                : refused(Refusal.TEMPORARY, "the server answers with status " + status);
    }

    private static boolean isUnknown(int status) {
        return status == NOT_FOUND || status == GONE;
    }

    private static boolean isOk(int status) {
        return status >= OK_FIRST && status < OK_END;
    }

    /// A refusal whose reason may hold words of the server: only plain characters of it, and few.
    static <T> Lookup<T> refused(Refusal refusal, String reason) {
        String plain = reason.replaceAll("[^\\x20-\\x7e]+", " ").strip();
        return new Lookup.Refused<>(
                refusal, plain.substring(0, Math.min(plain.length(), REASON_CHARS_MAX)));
    }
}
