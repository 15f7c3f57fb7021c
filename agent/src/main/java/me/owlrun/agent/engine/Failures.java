package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.engine.Engine.Answer.Failed;
import me.owlrun.agent.wire.Json;

import java.io.IOException;
import java.time.Duration;

/// The ways an engine fails, as `proxy_error` codes. The messages travel to the gateway, never into
/// our log: an engine may repeat parts of a prompt in them.
final class Failures {
    private static final int MESSAGE_CHARACTERS_MAX = 300;

    private Failures() {}

    /// Nothing listens, or the connection broke before the answer began.
    static Failed unreachable(IOException cause) {
        String kind = cause.getClass().getSimpleName();
        return new Failed("engine_unreachable", "the engine did not answer: " + kind, true);
    }

    /// It said nothing for too long.
    static Failed silent(Duration limit) {
        String message = "the engine said nothing for " + limit.toSeconds() + " s";
        return new Failed("engine_timeout", message, true);
    }

    /// It broke off, or what it sent is no whole answer.
    static Failed broken(String why) {
        return new Failed("engine_broken", why, true);
    }

    /// It refused the request.
    ///
    /// @param status the HTTP status
    /// @param body what it said about it
    static Failed status(int status, byte[] body) {
        ObjectNode document = Json.readObject(body).orElseGet(Json::object);
        String message = message(status, document);
        String type = document.path("error").path("type").asText("");
        if (type.equals("exceed_context_size_error")) {
            return new Failed("context_too_long", message, true);
        }
        return switch (status) {
            case 400, 413, 422 -> new Failed("bad_request", message, false);
            case 404 -> new Failed("model_not_found", message, true);
            case 429, 503 -> new Failed("engine_busy", message, true);
            default -> new Failed("engine_error", message, true);
        };
    }

    /// OpenAI servers say `{"error":{"message"}}`, Ollama's own routes `{"error":"..."}`.
    private static String message(int status, ObjectNode document) {
        String nested = document.path("error").path("message").asText("");
        String said = nested.isEmpty() ? document.path("error").asText("") : nested;
        String message = said.isEmpty() ? "the engine answered with status " + status : said;
        if (message.length() <= MESSAGE_CHARACTERS_MAX) {
            return message;
        }
        boolean splits = Character.isHighSurrogate(message.charAt(MESSAGE_CHARACTERS_MAX - 1));
        return message.substring(0, MESSAGE_CHARACTERS_MAX - (splits ? 1 : 0)) + "…";
    }
}
