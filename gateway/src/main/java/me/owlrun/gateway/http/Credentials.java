package me.owlrun.gateway.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;

import java.util.Optional;

/// Where requests carry tokens and keys. Never logged.
public final class Credentials {

    private static final HeaderName X_CASHU = HeaderNames.create("X-Cashu");
    private static final String BEARER = "bearer ";
    private static final String TOKEN_PREFIX = "cashu";

    private Credentials() {}

    /// The ecash of a request: the header `X-Cashu`, or `Authorization: Bearer cashu…` for programs
    /// that know no other header. With an `X-Cashu` any bearer is ignored, because SDKs always send
    /// one.
    public static Optional<String> ecash(Headers headers) {
        Optional<String> header =
                headers.first(X_CASHU).map(String::strip).filter(text -> !text.isEmpty());
        return header.isPresent()
                ? header
                : bearer(headers).filter(text -> text.startsWith(TOKEN_PREFIX));
    }

    /// What follows `Bearer` in the header `Authorization`.
    public static Optional<String> bearer(Headers headers) {
        return headers.first(HeaderNames.AUTHORIZATION)
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).strip());
    }
}
