package me.owlrun.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.json.Json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Sends JSON, and lets a path answer one method and refuse the others by name.
public final class Answers {

    private static final String JSON = "application/json";
    private static final String NO_STORE = "no-store";
    private static final String RETRY_AFTER_SECONDS = "2";

    private Answers() {}

    /// Sends a JSON value.
    public static void send(ServerResponse response, int status, JsonNode body) {
        response.status(Status.create(status));
        response.header(HeaderNames.CONTENT_TYPE, JSON);
        response.header(HeaderNames.CACHE_CONTROL, NO_STORE);
        send(response, Json.bytes(body));
    }

    /// Sends a body, to HEAD only its length: what Helidon is given it sends, and whoever asked by
    /// HEAD would take it for the next answer.
    static void send(ServerResponse response, byte[] body) {
        if (RequestScope.isHead()) {
            response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
            response.send();
        } else {
            response.send(body);
        }
    }

    /// Sends an error, in the form that clients of its path read.
    public static void send(ServerResponse response, ApiError error) {
        refused(response, error);
        send(response, error.code().status(), error.toJson(RequestScope.path()));
    }

    /// Takes note of a refusal, and tells the client to come back soon when nothing is wrong with
    /// what it asks.
    static void refused(ServerResponse response, ApiError error) {
        RequestScope.refused(error.code());
        if (error.code().status() == Status.SERVICE_UNAVAILABLE_503.code()
                && !response.headers().contains(HeaderNames.RETRY_AFTER)) {
            response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
    }

    /// Answers GET and HEAD on a path; other methods get 405.
    public static void get(HttpRules rules, String path, Handler handler) {
        rules.get(path, handler).head(path, handler);
        refuseOthers(rules, path, "GET, HEAD, OPTIONS");
    }

    /// Answers POST on a path; other methods get 405.
    public static void post(HttpRules rules, String path, Handler handler) {
        rules.route(Method.POST, path, handler);
        refuseOthers(rules, path, "POST, OPTIONS");
    }

    /// Answers several methods on a path, HEAD as GET; other methods get 405.
    ///
    /// @param handlers by method
    public static void on(HttpRules rules, String path, Map<Method, Handler> handlers) {
        handlers.forEach((method, handler) -> rules.route(method, path, handler));
        List<String> allowed =
                new ArrayList<>(handlers.keySet().stream().map(Method::text).toList());
        if (handlers.containsKey(Method.GET)) {
            rules.head(path, handlers.get(Method.GET));
            allowed.add(Method.HEAD.text());
        }
        allowed.add(Method.OPTIONS.text());
        refuseOthers(rules, path, String.join(", ", allowed.stream().sorted().toList()));
    }

    private static void refuseOthers(HttpRules rules, String path, String allowed) {
        rules.any(
                path,
                (request, response) -> {
                    response.header(HeaderNames.ALLOW, allowed);
                    send(
                            response,
                            ApiError.of(
                                    ErrorCode.METHOD_NOT_ALLOWED,
                                    "This path answers " + allowed + " only."));
                });
    }
}
