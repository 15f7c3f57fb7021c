package me.owlrun.mint.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.cashu.CashuFormatException;
import me.owlrun.http.HttpBody;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.outcome.Outcome;

import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/// Turns a use case into a handler: reads and bounds the body, answers the outcome as JSON. Every
/// refusal is HTTP 400 with `{"detail","code"}` and nothing else (NUT-00).
public final class ApiHandler {

    /// Bytes a request's body may have.
    public static final int BODY_BYTES_MAX = 1_048_576;

    private static final String JSON = "application/json";

    private ApiHandler() {}

    /// A handler of POST requests with a JSON object as body.
    public static Handler post(Function<ObjectNode, Outcome<? extends JsonNode>> useCase) {
        return (request, response) ->
                answer(response, () -> useCase.apply(Json.parseObject(body(request))));
    }

    /// A handler of POST requests with a JSON object as body, whose headers count too.
    public static Handler post(
            BiFunction<ServerRequest, ObjectNode, Outcome<? extends JsonNode>> useCase) {
        return (request, response) ->
                answer(response, () -> useCase.apply(request, Json.parseObject(body(request))));
    }

    /// A handler of GET requests.
    public static Handler get(Function<ServerRequest, Outcome<? extends JsonNode>> useCase) {
        return (request, response) -> answer(response, () -> useCase.apply(request));
    }

    private static byte[] body(ServerRequest request) {
        return HttpBody.read(request, BODY_BYTES_MAX)
                .orElseThrow(() ->
                        new InvalidJsonException(
                                "the body has more than " + BODY_BYTES_MAX + " bytes"));
    }

    private static void answer(
            ServerResponse response, Supplier<Outcome<? extends JsonNode>> useCase) {
        Outcome<? extends JsonNode> outcome;
        try {
            outcome = useCase.get();
        } catch (CashuFormatException | InvalidJsonException e) {
            outcome = new Outcome.Refused<>(ErrorCode.OTHER, String.valueOf(e.getMessage()));
        }
        switch (outcome) {
            case Outcome.Done<? extends JsonNode> done -> send(response, Json.bytes(done.value()));
            case Outcome.Refused<? extends JsonNode> refused -> {
                RequestScope.refused(refused.code());
                response.status(Status.BAD_REQUEST_400);
                send(response, ErrorBody.of(refused.code(), refused.detail()));
            }
        }
    }

    /// Sends a JSON text that lies ready.
    public static void send(ServerResponse response, byte[] json) {
        response.header(HeaderNames.CONTENT_TYPE, JSON);
        response.send(json);
    }
}
