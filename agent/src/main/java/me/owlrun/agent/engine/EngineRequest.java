package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.wire.Json;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A buyer's request, ready for an engine: where it goes, and its octets.
///
/// A chat without a word on `stream` becomes a stream, and every stream is asked for its usage, as
/// the seeds' client does; `max_completion_tokens` is repeated as `max_tokens` for engines that
/// know only that. Anything that needs no change is passed on octet by octet.
public final class EngineRequest {
    private static final String CHAT = "/v1/chat/completions";

    private final String path;
    private final String model;
    private final boolean streamed;
    private final byte[] body;

    private EngineRequest(String path, String model, boolean streamed, byte[] body) {
        this.path = path;
        this.model = model;
        this.streamed = streamed;
        this.body = body;
    }

    /// Reads the body of a job; empty if it is no request of a known shape.
    ///
    /// @param octets the buyer's request as the gateway handed it over
    public static Optional<EngineRequest> read(byte[] octets) {
        Optional<ObjectNode> document = Json.readObject(octets);
        if (document.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode request = document.get();
        String model = request.path("model").asText("");
        Optional<String> path = path(request);
        if (model.isEmpty() || path.isEmpty()) {
            return Optional.empty();
        }
        boolean changed = complete(request, path.get());
        byte[] body = changed ? Json.write(request).getBytes(StandardCharsets.UTF_8) : octets;
        boolean streamed = request.path("stream").asBoolean(false);
        return Optional.of(new EngineRequest(path.get(), model, streamed, body));
    }

    /// The engine's path, by the shape of the body: `messages`, `prompt` or `input`.
    String path() {
        return path;
    }

    /// The model it asks for.
    public String model() {
        return model;
    }

    /// Whether the answer is a stream of events.
    boolean streamed() {
        return streamed;
    }

    /// What is sent to the engine; never to be changed.
    byte[] body() {
        return body;
    }

    /// The request's text is the buyer's: it is never printed.
    @Override
    public String toString() {
        return "EngineRequest[" + path + ", " + model + ", " + body.length + " octets]";
    }

    private static Optional<String> path(ObjectNode request) {
        if (request.path("messages").isArray()) {
            return Optional.of(CHAT);
        }
        if (request.has("prompt")) {
            return Optional.of("/v1/completions");
        }
        return request.has("input") ? Optional.of("/v1/embeddings") : Optional.empty();
    }

    private static boolean complete(ObjectNode request, String path) {
        boolean changed = false;
        if (path.equals(CHAT) && !request.has("stream")) {
            request.put("stream", true);
            changed = true;
        }
        boolean streamed = request.path("stream").asBoolean(false);
        if (streamed && !request.path("stream_options").path("include_usage").asBoolean(false)) {
            request.withObject("/stream_options").put("include_usage", true);
            changed = true;
        }
        JsonNode newer = request.path("max_completion_tokens");
        if (newer.isIntegralNumber() && !request.has("max_tokens")) {
            request.set("max_tokens", newer);
            changed = true;
        }
        return changed;
    }
}
