package me.owlrun.gateway.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

import me.owlrun.http.HttpListener;

import java.util.HexFormat;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Names every response by an `x-request-id`, so that a report of a problem can be matched to a log
/// line, also those that are sent before any route is reached. It is no secret.
public final class RequestIds implements Filter, HttpListener.ErrorBody {

    private static final HeaderName REQUEST_ID = HeaderNames.create("x-request-id");

    private final RandomGenerator random;

    /// @param random thread-safe
    public RequestIds(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        response.header(REQUEST_ID, next());
        chain.proceed();
    }

    private String next() {
        return "req_" + HexFormat.of().toHexDigits(random.nextLong());
    }

    @Override
    public byte[] of(int status, String message) {
        return ApiError.early(status, message);
    }

    @Override
    public Map<String, String> headers() {
        return Map.of(REQUEST_ID.defaultCase(), next());
    }
}
