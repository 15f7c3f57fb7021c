package me.owlrun.mint.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

import me.owlrun.mint.outcome.ErrorCode;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Stands before all routes: asks whether a request is served, and takes down how it went.
public final class RequestGate implements Filter {

    private final Admission admission;
    private final Log log;

    /// Takes down how requests went.
    @FunctionalInterface
    public interface Log {

        /// A request was answered.
        ///
        /// @param status the HTTP status
        /// @param errorCode the number in the error's body, or 0
        /// @param nanos how long it took
        void answered(Route route, int status, int errorCode, long nanos);
    }

    /// @param admission who decides
    /// @param log who takes down
    public RequestGate(Admission admission, Log log) {
        this.admission = admission;
        this.log = log;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        long startNanos = System.nanoTime();
        Route route =
                Route.of(
                        request.prologue().method().equals(Method.POST),
                        request.prologue().uriPath().rawPath());
        int errorCode = ErrorCode.OTHER.number();
        int status = Status.INTERNAL_SERVER_ERROR_500.code();
        try {
            errorCode = serve(chain, request, response, route);
            status = response.status().code();
        } catch (HttpException e) {
            status = e.status().code();
            throw e;
        } finally {
            log.answered(route, status, errorCode, System.nanoTime() - startNanos);
        }
    }

    private int serve(
            FilterChain chain, RoutingRequest request, RoutingResponse response, Route route) {
        return switch (admission.admit(caller(request), route)) {
            case Admission.Admitted(String client) -> RequestScope.run(client, chain::proceed);
            case Admission.Later(String detail, Duration retryAfter) -> {
                response.header(
                        HeaderNames.RETRY_AFTER, Long.toString(Math.max(1, seconds(retryAfter))));
                yield refuse(response, Status.TOO_MANY_REQUESTS_429, ErrorCode.OTHER, detail);
            }
            case Admission.Refused(ErrorCode code, String detail) ->
                    refuse(response, Status.BAD_REQUEST_400, code, detail);
        };
    }

    private static long seconds(Duration duration) {
        return duration.plusMillis(999).toSeconds();
    }

    private static int refuse(
            RoutingResponse response, Status status, ErrorCode code, String detail) {
        response.status(status);
        ApiHandler.send(response, ErrorBody.of(code, detail));
        return code.number();
    }

    private static Admission.Caller caller(RoutingRequest request) {
        SocketAddress address = request.remotePeer().address();
        InetAddress peer =
                address instanceof InetSocketAddress inet && inet.getAddress() != null
                        ? inet.getAddress()
                        : InetAddress.getLoopbackAddress();
        return new Admission.Caller(peer, name -> lines(request, name));
    }

    private static List<String> lines(RoutingRequest request, String name) {
        Optional<Header> header =
                request.headers().stream()
                        .filter(each -> each.headerName().lowerCase().equals(name))
                        .findFirst();
        return header.map(Header::allValues).orElse(List.of());
    }
}
