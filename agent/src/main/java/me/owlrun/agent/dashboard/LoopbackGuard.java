package me.owlrun.agent.dashboard;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Lets only this machine's own browser in. Any web page can make a browser send requests to
/// 127.0.0.1, under a name of its own (DNS rebinding) or from its own origin; so the Host must be a
/// loopback name with our port, and an Origin, if there is one, must be ours. Puts the security
/// headers on every answer. What changes something needs the session's token beside.
record LoopbackGuard(Session session) implements Filter {
    private static final List<String> NAMES = List.of("127.0.0.1", "localhost", "[::1]");
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " font-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        response.header("Content-Security-Policy", POLICY);
        response.header("X-Content-Type-Options", "nosniff");
        response.header("Referrer-Policy", "no-referrer");
        response.header("Cross-Origin-Resource-Policy", "same-origin");
        response.header("Cache-Control", "no-store");
        Method method = request.prologue().method();
        if (!isOurs(request)) {
            refuse(response, Status.FORBIDDEN_403, "this page answers only to this machine");
        } else if (method.equals(Method.POST)) {
            if (session.holds(request.headers())) {
                chain.proceed();
            } else {
                refuse(response, Status.UNAUTHORIZED_401, Session.HOW_TO_OPEN);
            }
        } else if (!method.equals(Method.GET)) {
            response.header("Allow", "GET, POST");
            refuse(response, Status.METHOD_NOT_ALLOWED_405, "only GET and POST");
        } else {
            chain.proceed();
        }
    }

    private static boolean isOurs(RoutingRequest request) {
        int port = request.localPeer().port();
        Optional<String> host = request.headers().first(HeaderNames.HOST);
        Optional<String> origin = request.headers().first(HeaderNames.ORIGIN);
        return host.filter(name -> isLoopback(name, port)).isPresent()
                && origin.map(from -> isOwnOrigin(from, port)).orElse(true);
    }

    private static boolean isOwnOrigin(String origin, int port) {
        return origin.startsWith("http://") && isLoopback(origin.substring(7), port);
    }

    private static boolean isLoopback(String authority, int port) {
        String given = authority.toLowerCase(Locale.ROOT);
        return NAMES.stream().anyMatch(name -> given.equals(name + ":" + port));
    }

    private static void refuse(RoutingResponse response, Status status, String why) {
        response.status(status);
        response.header("Content-Type", "application/json");
        response.send("{\"error\":\"" + why + "\"}");
    }
}
