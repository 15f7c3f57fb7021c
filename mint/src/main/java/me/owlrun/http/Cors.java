package me.owlrun.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/// Lets pages of any origin call an API that knows no cookies: answers preflights and marks every
/// response.
public final class Cors implements Filter {

    private static final HeaderName REQUEST_HEADERS = HeaderNames.ACCESS_CONTROL_REQUEST_HEADERS;
    private static final String METHODS = "GET, HEAD, POST, PATCH, DELETE, OPTIONS";
    private static final String PREFLIGHT_SECONDS = "86400";

    private final String exposedHeaders;

    /// @param exposedHeaders response headers that scripts may read, separated by commas
    public Cors(String exposedHeaders) {
        this.exposedHeaders = exposedHeaders;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        response.header(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        response.header(HeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, exposedHeaders);
        if (!request.prologue().method().equals(Method.OPTIONS)) {
            chain.proceed();
            return;
        }
        response.header(HeaderNames.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        response.header(
                HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS,
                request.headers().first(REQUEST_HEADERS).orElse("*"));
        response.header(HeaderNames.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
        response.status(Status.NO_CONTENT_204).send();
    }
}
