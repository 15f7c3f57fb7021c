package me.owlrun.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.util.Optional;

/// One refusal as the client sees it: `{"error":{"message","type","code","param"}}`.
///
/// @param code what went wrong
/// @param message one sentence that says what and what to do, free of secrets
/// @param param the field or header at fault, if one is
public record ApiError(ErrorCode code, String message, Optional<String> param) {

    /// Where clients of Ollama ask.
    private static final String OLLAMA_PATHS = "/api/";

    /// An error without a field at fault.
    public static ApiError of(ErrorCode code, String message) {
        return new ApiError(code, message, Optional.empty());
    }

    /// An error of one field or header.
    public static ApiError of(ErrorCode code, String message, String param) {
        return new ApiError(code, message, Optional.of(param));
    }

    /// The body.
    public ObjectNode toJson() {
        ObjectNode error = Json.object();
        error.put("message", message);
        error.put("type", code.type());
        error.put("code", code.code());
        error.put("param", param.orElse(null));
        ObjectNode body = Json.object();
        body.set("error", error);
        return body;
    }

    /// The body for clients of Ollama, which show the text of `error`.
    public ObjectNode toOllamaJson() {
        ObjectNode body = Json.object();
        body.put("error", message);
        body.put("type", code.type());
        body.put("code", code.code());
        body.put("param", param.orElse(null));
        return body;
    }

    /// The body as clients of a path read it.
    ObjectNode toJson(String path) {
        return path.startsWith(OLLAMA_PATHS) ? toOllamaJson() : toJson();
    }

    /// The body of an error that is found before any route, by its status alone.
    public static byte[] early(int status, String message) {
        String what =
                switch (status) {
                    case 400 ->
                            "The request has no HTTP form that is read here, its headers exceed"
                                    + " 128 KiB, or its body is encoded.";
                    case 413 -> "The body is too large.";
                    case 414 -> "The first line of the request exceeds 8 KiB.";
                    case 505 -> "HTTP/1.1 is spoken here; behind nginx set proxy_http_version 1.1.";
                    default -> message;
                };
        return Json.bytes(of(codeOf(status), what).toJson());
    }

    static ErrorCode codeOf(int status) {
        return switch (status) {
            case 404 -> ErrorCode.NOT_FOUND;
            case 413 -> ErrorCode.BODY_TOO_LARGE;
            case 503 -> ErrorCode.SHUTTING_DOWN;
            case 501, 505 -> ErrorCode.BAD_REQUEST;
            default -> status >= 500 ? ErrorCode.INTERNAL_ERROR : ErrorCode.BAD_REQUEST;
        };
    }
}
