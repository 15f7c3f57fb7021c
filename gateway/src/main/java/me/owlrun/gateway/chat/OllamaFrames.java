package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.hash.Sha256;
import me.owlrun.json.Json;

import java.util.HexFormat;
import java.util.Optional;

/// Translates the lines of Ollama's own stream (`/api/chat`, `/api/generate`), which older nodes
/// may send as they are, into OpenAI's frames. Calls of tools are numbered over the whole answer.
/// The result is as little trusted as what it is made of.
final class OllamaFrames {

    private static final int CALL_ID_BYTES = 6;

    private int calls;

    /// Whether a frame is one of Ollama's own.
    static boolean isOne(ObjectNode frame) {
        return frame.path("done").isBoolean() && !frame.has("choices");
    }

    /// The same in OpenAI's form.
    ObjectNode translate(ObjectNode line) {
        ObjectNode frame = Json.object();
        ObjectNode choice = frame.putArray("choices").addObject();
        ObjectNode delta = choice.put("index", 0).putObject("delta");
        JsonNode message = line.path("message");
        delta.set(
                "content",
                message.path("content").isTextual()
                        ? message.path("content")
                        : line.path("response"));
        delta.set(
                "reasoning",
                message.path("thinking").isTextual()
                        ? message.path("thinking")
                        : line.path("thinking"));
        if (message.path("tool_calls").isArray() && !message.path("tool_calls").isEmpty()) {
            ArrayNode made = delta.putArray("tool_calls");
            message.path("tool_calls").forEach(call -> made.add(toolCall(call, line)));
        }
        if (line.path("done").booleanValue()) {
            finishReason(line).ifPresent(reason -> choice.put("finish_reason", reason));
            ObjectNode usage = frame.putObject("usage");
            usage.set("prompt_tokens", line.path("prompt_eval_count"));
            usage.set("completion_tokens", line.path("eval_count"));
        }
        return frame;
    }

    /// Why the answer ends. A model that was only loaded or unloaded has answered nothing.
    private Optional<String> finishReason(ObjectNode line) {
        return switch (line.path("done_reason").asText("stop")) {
            case "load", "unload" -> Optional.empty();
            case "length" -> Optional.of("length");
            default -> Optional.of(calls > 0 ? "tool_calls" : "stop");
        };
    }

    private ObjectNode toolCall(JsonNode call, ObjectNode line) {
        JsonNode function = call.path("function");
        JsonNode given = function.path("arguments");
        String arguments = given.isTextual() ? given.textValue() : Json.text(given);
        ObjectNode made = Json.object();
        made.put("index", calls);
        made.put("type", "function");
        made.put("id", call.path("id").isTextual() ? call.path("id").textValue() : id(line));
        made.putObject("function")
                .put("name", function.path("name").asText(""))
                .put("arguments", given.isMissingNode() ? "{}" : arguments);
        calls++;
        return made;
    }

    /// A name for a call that has none; another one for every call of a conversation.
    private String id(ObjectNode line) {
        byte[] hash = Sha256.of(calls + " " + line.path("created_at").asText("") + line.hashCode());
        return "call_" + HexFormat.of().formatHex(hash, 0, CALL_ID_BYTES);
    }
}
