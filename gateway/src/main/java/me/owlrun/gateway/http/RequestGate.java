package me.owlrun.gateway.http;

import io.helidon.common.uri.UriPath;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Stands before all routes: asks whether a request is served, before anything of it is read, and
/// takes down how it went. Refuses what would begin something new once the gateway stops.
public final class RequestGate implements Filter {

    private static final HeaderName REQUEST_ID = HeaderNames.create("x-request-id");
    private static final Duration STOPPING_RETRY = Duration.ofSeconds(5);
    private static final int RETRY_STATUS_FROM = 429;

    private final Admission admission;
    private final Log log;
    private volatile boolean stopping;

    /// Takes down how requests went.
    @FunctionalInterface
    public interface Log {

        /// A request was answered.
        ///
        /// @param status the HTTP status
        void answered(RequestScope request, int status);
    }

    /// @param admission who decides
    /// @param log who takes down
    public RequestGate(Admission admission, Log log) {
        this.admission = admission;
        this.log = log;
    }

    /// Lets nothing new begin from now on.
    public void stopping() {
        stopping = true;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        withoutTrailingSlash(request);
        // Decoded and without doubled slashes, as routes are found: whoever writes a path in
        // another way meets the same limits and pauses.
        String path = request.prologue().uriPath().path();
        Route route = Route.of(request.prologue().method().text(), path);
        boolean head = request.prologue().method().equals(Method.HEAD);
        Admission.Verdict verdict = admission.admit(visit(route, request));
        String id = response.headers().first(REQUEST_ID).orElse("");
        RequestScope scope = new RequestScope(id, path, head, route, verdict.client());
        int status = Status.INTERNAL_SERVER_ERROR_500.code();
        try {
            scope.run(() -> serve(chain, response, route, verdict));
            status = response.status().code();
        } catch (HttpException e) {
            status = e.status().code();
            throw e;
        } finally {
            log.answered(scope, status);
        }
    }

    /// Takes the slash from the end of a path of the API: base addresses are often set with one.
    private static void withoutTrailingSlash(RoutingRequest request) {
        HttpPrologue asked = request.prologue();
        String path = asked.uriPath().rawPath();
        int end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        if (end < path.length()
                && Route.of(asked.method().text(), path.substring(0, end)) != Route.OTHER) {
            var _ =
                    request.prologue(
                            HttpPrologue.create(
                                    asked.rawProtocol(),
                                    asked.protocol(),
                                    asked.protocolVersion(),
                                    asked.method(),
                                    UriPath.create(path.substring(0, end)),
                                    asked.query(),
                                    asked.fragment()));
        }
    }

    private void serve(
            FilterChain chain, RoutingResponse response, Route route, Admission.Verdict verdict) {
        verdict.headers()
                .forEach((name, value) -> response.header(HeaderNames.create(name), value));
        if (stopping && (route.isInference() || route == Route.REGISTER)) {
            refuse(response, new Admission.Refusal(goingAway(), STOPPING_RETRY));
        } else if (verdict.refusal().isPresent()) {
            refuse(response, verdict.refusal().get());
        } else {
            chain.proceed();
        }
    }

    private static ApiError goingAway() {
        return ApiError.of(
                ErrorCode.SHUTTING_DOWN,
                "This gateway is going away; nothing was claimed, try again.");
    }

    private static void refuse(RoutingResponse response, Admission.Refusal refusal) {
        if (refusal.error().code().status() >= RETRY_STATUS_FROM) {
            long seconds = Math.max(1, refusal.retryAfter().plusMillis(999).toSeconds());
            response.header(HeaderNames.RETRY_AFTER, Long.toString(seconds));
        }
        Answers.send(response, refusal.error());
    }

    private static Visit visit(Route route, RoutingRequest request) {
        SocketAddress address = request.remotePeer().address();
        InetAddress peer =
                address instanceof InetSocketAddress inet && inet.getAddress() != null
                        ? inet.getAddress()
                        : InetAddress.getLoopbackAddress();
        boolean ecash = Credentials.ecash(request.headers()).isPresent();
        Optional<String> key = ecash ? Optional.empty() : Credentials.bearer(request.headers());
        return new Visit(route, peer, name -> lines(request, name), key);
    }

    private static List<String> lines(RoutingRequest request, String name) {
        Optional<Header> header =
                request.headers().stream()
                        .filter(each -> each.headerName().lowerCase().equals(name))
                        .findFirst();
        return header.map(Header::allValues).orElse(List.of());
    }
}
