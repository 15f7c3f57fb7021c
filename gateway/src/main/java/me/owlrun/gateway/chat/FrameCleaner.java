package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.meter.Usage;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Takes out of a node's frame what a chat completion may consist of and leaves everything else
/// behind: a node cannot forge change, errors, identifiers or the end of a stream. A whole answer
/// of an engine that does not stream counts as one piece.
final class FrameCleaner {

    private static final String DONE = "[DONE]";
    private static final List<String> TEXTS =
            List.of("content", "reasoning", "reasoning_content", "refusal");
    private static final Set<String> FINISH_REASONS =
            Set.of("stop", "length", "tool_calls", "content_filter", "function_call");
    private static final int TOOL_CALLS_MAX = 128;

    private FrameCleaner() {}

    /// What the data of one event means.
    static NodeFrame clean(String data) {
        if (data.strip().equals(DONE)) {
            return new NodeFrame.End();
        }
        ObjectNode frame;
        try {
            frame = Json.parseObject(data);
        } catch (InvalidJsonException e) {
            return new NodeFrame.Nothing();
        }
        if (frame.hasNonNull("error")) {
            return new NodeFrame.EngineError();
        }
        return piece(frame);
    }

    private static NodeFrame piece(ObjectNode frame) {
        Optional<Usage> usage = usage(frame.path("usage"));
        Optional<JsonNode> choice = firstChoice(frame.path("choices"));
        if (choice.isEmpty()) {
            return usage.isEmpty()
                    ? new NodeFrame.Nothing()
                    : new NodeFrame.Piece(
                            Json.object(), Optional.empty(), Optional.empty(), usage, 0);
        }
        JsonNode source = choice.get().path(choice.get().has("delta") ? "delta" : "message");
        ObjectNode delta = Json.object();
        int contentBytes = texts(source, delta) + toolCalls(source.path("tool_calls"), delta);
        Optional<JsonNode> logprobs =
                Optional.of(choice.get().path("logprobs")).filter(JsonNode::isObject);
        return new NodeFrame.Piece(
                delta, logprobs, finishReason(choice.get()), usage, contentBytes);
    }

    private static Optional<JsonNode> firstChoice(JsonNode choices) {
        for (JsonNode choice : choices) {
            if (choice.path("index").asInt(0) == 0) {
                return Optional.of(choice);
            }
        }
        return Optional.empty();
    }

    private static int texts(JsonNode source, ObjectNode delta) {
        int bytes = 0;
        for (String field : TEXTS) {
            JsonNode value = source.path(field);
            if (value.isTextual() && !value.textValue().isEmpty()) {
                delta.put(field, value.textValue());
                bytes += utf8Length(value.textValue());
            }
        }
        return bytes;
    }

    private static int toolCalls(JsonNode source, ObjectNode delta) {
        if (!source.isArray() || source.isEmpty() || source.size() > TOOL_CALLS_MAX) {
            return 0;
        }
        int bytes = 0;
        ArrayNode calls = delta.putArray("tool_calls");
        for (int position = 0; position < source.size(); position++) {
            JsonNode call = source.get(position);
            ObjectNode clean = calls.addObject();
            clean.put("index", call.path("index").asInt(position));
            bytes += copyText(call, "id", clean);
            if (call.hasNonNull("type")) {
                clean.put("type", "function");
            }
            if (call.path("function").isObject()) {
                ObjectNode function = clean.putObject("function");
                bytes += copyText(call.path("function"), "name", function);
                bytes += copyText(call.path("function"), "arguments", function);
            }
        }
        return bytes;
    }

    private static int copyText(JsonNode from, String field, ObjectNode to) {
        JsonNode value = from.path(field);
        if (!value.isTextual()) {
            return 0;
        }
        to.put(field, value.textValue());
        return utf8Length(value.textValue());
    }

    private static Optional<String> finishReason(JsonNode choice) {
        JsonNode reason = choice.path("finish_reason");
        if (!reason.isTextual() || reason.textValue().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                FINISH_REASONS.contains(reason.textValue()) ? reason.textValue() : "stop");
    }

    private static Optional<Usage> usage(JsonNode usage) {
        JsonNode prompt = usage.path("prompt_tokens");
        JsonNode completion = usage.path("completion_tokens");
        if (!isCount(prompt) || !isCount(completion)) {
            return Optional.empty();
        }
        return Optional.of(new Usage(prompt.longValue(), completion.longValue()));
    }

    private static boolean isCount(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 0;
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
