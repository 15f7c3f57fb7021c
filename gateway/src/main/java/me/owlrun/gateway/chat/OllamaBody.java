package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/// Turns the bodies of Ollama's own API into OpenAI's. The originals are not changed.
final class OllamaBody {

    /// Options that mean the same under another name or the same one.
    private static final Map<String, String> OPTIONS =
            Map.ofEntries(
                    Map.entry("temperature", "temperature"),
                    Map.entry("top_p", "top_p"),
                    Map.entry("top_k", "top_k"),
                    Map.entry("min_p", "min_p"),
                    Map.entry("seed", "seed"),
                    Map.entry("stop", "stop"),
                    Map.entry("frequency_penalty", "frequency_penalty"),
                    Map.entry("presence_penalty", "presence_penalty"),
                    Map.entry("repeat_penalty", "repeat_penalty"));

    private OllamaBody() {}

    /// A chat.
    static ObjectNode chat(ObjectNode body) {
        ObjectNode made = common(body);
        if (!body.path("messages").isArray()) {
            throw WrongRequestException.field("messages", "a list of messages, each with a role");
        }
        ArrayNode messages = made.putArray("messages");
        Deque<String> open = new ArrayDeque<>();
        for (JsonNode message : body.path("messages")) {
            messages.add(message(message, open));
        }
        if (body.path("tools").isArray() && !body.path("tools").isEmpty()) {
            made.set("tools", body.path("tools"));
        }
        return made;
    }

    /// A text to be generated as the answer to one message.
    static ObjectNode generate(ObjectNode body) {
        ObjectNode made = common(body);
        ArrayNode messages = made.putArray("messages");
        if (!body.path("system").asText("").isEmpty()) {
            messages.addObject().put("role", "system").put("content", body.path("system").asText());
        }
        ObjectNode message = messages.addObject();
        message.put("role", "user");
        putContent(message, prompt(body), body.path("images"));
        return made;
    }

    /// A text to be continued as it stands.
    static ObjectNode text(ObjectNode body) {
        ObjectNode made = common(body);
        made.put("prompt", prompt(body));
        if (body.hasNonNull("suffix")) {
            made.set("suffix", body.path("suffix"));
        }
        return made;
    }

    private static String prompt(ObjectNode body) {
        JsonNode prompt = body.path("prompt");
        if (!prompt.isTextual() || prompt.textValue().isEmpty()) {
            throw WrongRequestException.field("prompt", "a text");
        }
        return prompt.textValue();
    }

    private static ObjectNode common(ObjectNode body) {
        ObjectNode made = Json.object();
        made.set("model", body.path("model"));
        JsonNode options = Fields.object(body, "options");
        OPTIONS.forEach((theirs, ours) -> {
            if (options.hasNonNull(theirs)) {
                made.set(ours, options.path(theirs));
            }
        });
        JsonNode predict = options.path("num_predict");
        if (predict.isIntegralNumber() && predict.longValue() > 0) {
            made.set("max_tokens", predict);
        }
        putFormat(made, body.path("format"));
        putThinking(made, body.path("think"));
        return made;
    }

    private static void putFormat(ObjectNode made, JsonNode format) {
        if (format.isObject()) {
            ObjectNode wanted = made.putObject("response_format").put("type", "json_schema");
            wanted.putObject("json_schema").put("name", "answer").set("schema", format);
        } else if (format.asText("").equals("json")) {
            made.putObject("response_format").put("type", "json_object");
        }
    }

    private static void putThinking(ObjectNode made, JsonNode think) {
        if (think.isTextual() && List.of("low", "medium", "high").contains(think.textValue())) {
            made.put("reasoning_effort", think.textValue());
        } else if (think.isBoolean()) {
            made.put("reasoning_effort", think.booleanValue() ? "medium" : "none");
        }
    }

    /// @param open the calls of tools that have no result yet; results name a tool, not a call
    private static ObjectNode message(JsonNode given, Deque<String> open) {
        ObjectNode made = Json.object();
        made.set("role", given.path("role"));
        String role = given.path("role").asText("");
        putContent(made, given.path("content").asText(""), given.path("images"));
        if (role.equals("tool")) {
            String id = given.path("tool_call_id").asText("");
            made.put("tool_call_id", !id.isEmpty() || open.isEmpty() ? id : open.removeFirst());
        }
        if (given.path("thinking").isTextual()) {
            made.set("reasoning", given.path("thinking"));
        }
        for (JsonNode call : given.path("tool_calls")) {
            ArrayNode calls = made.withArray("tool_calls");
            JsonNode function = call.path("function");
            String id = call.path("id").asText("call_" + open.size());
            open.addLast(id);
            JsonNode arguments = function.path("arguments");
            calls.addObject()
                    .put("id", id)
                    .put("type", "function")
                    .putObject("function")
                    .put("name", function.path("name").asText(""))
                    .put(
                            "arguments",
                            arguments.isTextual() ? arguments.textValue() : Json.text(arguments));
        }
        return made;
    }

    /// Text alone, or text and images as parts.
    private static void putContent(ObjectNode message, String text, JsonNode images) {
        if (!images.isArray() || images.isEmpty()) {
            message.put("content", text);
            return;
        }
        ArrayNode parts = message.putArray("content");
        parts.addObject().put("type", "text").put("text", text);
        for (JsonNode image : images) {
            parts.addObject()
                    .put("type", "image_url")
                    .putObject("image_url")
                    .put(
                            "url",
                            "data:" + mediaType(image.asText("")) + ";base64," + image.asText(""));
        }
    }

    /// The kind of an image by how its base64 begins.
    private static String mediaType(String base64) {
        if (base64.startsWith("/9j/")) {
            return "image/jpeg";
        }
        return base64.startsWith("UklGR") ? "image/webp" : "image/png";
    }
}
