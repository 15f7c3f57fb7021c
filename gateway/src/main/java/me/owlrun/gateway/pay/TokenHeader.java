package me.owlrun.gateway.pay;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;

import java.util.Optional;

/// Where a request carries its token: the header `X-Cashu`, or `Authorization: Bearer cashu…` for
/// programs that know no other header. With an `X-Cashu` any bearer is ignored, because SDKs always
/// send one.
public final class TokenHeader {

    private static final HeaderName X_CASHU = HeaderNames.create("X-Cashu");
    private static final String BEARER = "bearer ";
    private static final String TOKEN_PREFIX = "cashu";

    private TokenHeader() {}

    /// The token's text; empty when there is none.
    public static Optional<String> of(ServerRequest request) {
        Optional<String> header =
                request.headers().first(X_CASHU).map(String::strip).filter(s -> !s.isEmpty());
        return header.isPresent() ? header : bearer(request).filter(TokenHeader::isToken);
    }

    /// What follows `Bearer` in the header `Authorization`.
    public static Optional<String> bearer(ServerRequest request) {
        return request.headers()
                .first(HeaderNames.AUTHORIZATION)
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).strip());
    }

    private static boolean isToken(String text) {
        return text.startsWith(TOKEN_PREFIX);
    }
}
