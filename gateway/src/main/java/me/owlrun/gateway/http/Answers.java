package me.owlrun.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.json.Json;

/// Sends JSON, and lets a path answer one method and refuse the others by name.
public final class Answers {

    private static final String JSON = "application/json";
    private static final String NO_STORE = "no-store";

    private Answers() {}

    /// Sends a JSON value.
    public static void send(ServerResponse response, int status, JsonNode body) {
        response.status(Status.create(status));
        response.header(HeaderNames.CONTENT_TYPE, JSON);
        response.header(HeaderNames.CACHE_CONTROL, NO_STORE);
        response.send(Json.bytes(body));
    }

    /// Sends an error.
    public static void send(ServerResponse response, ApiError error) {
        RequestScope.refused(error.code());
        send(response, error.code().status(), error.toJson());
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
