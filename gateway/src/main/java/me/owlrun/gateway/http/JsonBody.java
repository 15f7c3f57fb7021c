package me.owlrun.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;

import me.owlrun.http.HttpBody;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.util.Optional;

/// Reads a request body that is one JSON object; no body at all is an empty object.
public final class JsonBody {

    private static final String JSON = "application/json";

    private JsonBody() {}

    /// What reading gives.
    public sealed interface Reading {

        /// An object.
        record Fine(ObjectNode body) implements Reading {}

        /// Something else.
        record Wrong(ApiError error) implements Reading {}
    }

    /// Reads the body.
    ///
    /// @param bytesMax bytes it may have
    public static Reading read(ServerRequest request, int bytesMax) {
        Optional<byte[]> bytes = HttpBody.read(request, bytesMax);
        if (bytes.isEmpty()) {
            return wrong(ErrorCode.BODY_TOO_LARGE, "The body has at most %d bytes.", bytesMax);
        }
        if (bytes.get().length == 0) {
            return new Reading.Fine(Json.object());
        }
        String mediaType =
                request.headers()
                        .first(HeaderNames.CONTENT_TYPE)
                        .orElse(JSON) // curl -d without a header names a form, which is refused
                        .split(";", 2)[0]
                        .strip();
        if (!mediaType.equalsIgnoreCase(JSON)) {
            return wrong(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "Send the request as Content-Type: %s.",
                    JSON);
        }
        try {
            return new Reading.Fine(Json.parseObject(bytes.get()));
        } catch (InvalidJsonException e) {
            return wrong(ErrorCode.INVALID_JSON, "The body is %s.", String.valueOf(e.getMessage()));
        }
    }

    private static Reading wrong(ErrorCode code, String message, Object value) {
        return new Reading.Wrong(ApiError.of(code, message.formatted(value)));
    }
}
