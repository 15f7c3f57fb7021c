package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Takes out of a node's frames what an answer may consist of and leaves everything else behind: a
/// node cannot forge change, errors, identifiers or the end of a stream. A whole answer of an
/// engine that does not stream counts as one piece. One for each answer; not thread-safe.
final class FrameCleaner {

    private static final String DONE = "[DONE]";
    private static final Set<String> FINISH_REASONS =
            Set.of("stop", "length", "tool_calls", "content_filter", "function_call");

    /// Calls of tools in one answer; their numbers stay below it.
    private static final int TOOL_CALLS_MAX = 128;

    private static final int CALL_ID_CHARS_MAX = 256;

    private final AnswerKind kind;
    private final OllamaFrames ollama = new OllamaFrames();

    FrameCleaner(AnswerKind kind) {
        this.kind = kind;
    }

    /// What the data of one event means.
    NodeFrame clean(String data) {
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
        return piece(OllamaFrames.isOne(frame) ? ollama.translate(frame) : frame);
    }

    private NodeFrame piece(ObjectNode frame) {
        Optional<NodeFrame.Report> report = report(frame.path("usage"));
        Optional<JsonNode> choice = firstChoice(frame.path("choices"));
        if (choice.isEmpty()) {
            return report.isEmpty()
                    ? new NodeFrame.Nothing()
                    : new NodeFrame.Piece(
                            Json.object(), Optional.empty(), Optional.empty(), report, 0);
        }
        ObjectNode delta = Json.object();
        int contentBytes = delta(choice.get(), delta);
        return new NodeFrame.Piece(
                delta,
                Logprobs.clean(choice.get().path("logprobs"), kind),
                finishReason(choice.get()),
                report,
                contentBytes);
    }

    private static Optional<JsonNode> firstChoice(JsonNode choices) {
        if (choices.isArray()) {
            for (JsonNode choice : choices) {
                if (choice.isObject() && choice.path("index").asInt(0) == 0) {
                    return Optional.of(choice);
                }
            }
        }
        return Optional.empty();
    }

    private int delta(JsonNode choice, ObjectNode delta) {
        JsonNode source = choice.path(choice.has("delta") ? "delta" : "message");
        int bytes = 0;
        for (String field : kind.texts()) {
            bytes += copyText(source, field, field, delta);
        }
        if (bytes == 0) {
            bytes = answerInTheOtherField(choice, source, delta);
        }
        if (kind.hasToolCalls()) {
            bytes += toolCalls(source.path("tool_calls"), delta);
        }
        return bytes;
    }

    /// Nodes answer plain completions by chats and the other way round.
    private int answerInTheOtherField(JsonNode choice, JsonNode source, ObjectNode delta) {
        String field = kind.texts().getFirst();
        int bytes = copyText(choice, "text", field, delta);
        return bytes > 0 ? bytes : copyText(source, "content", field, delta);
    }

    private static int toolCalls(JsonNode source, ObjectNode delta) {
        if (!source.isArray() || source.isEmpty() || source.size() > TOOL_CALLS_MAX) {
            return 0;
        }
        int bytes = 0;
        ArrayNode calls = Json.array();
        for (int position = 0; position < source.size(); position++) {
            JsonNode call = source.get(position);
            if (call.isObject()) {
                bytes += toolCall(call, position, calls.addObject());
            }
        }
        if (!calls.isEmpty()) {
            delta.set("tool_calls", calls);
        }
        return bytes;
    }

    private static int toolCall(JsonNode call, int position, ObjectNode clean) {
        JsonNode index = call.path("index");
        boolean inBounds =
                index.isInt() && index.intValue() >= 0 && index.intValue() < TOOL_CALLS_MAX;
        clean.put("index", inBounds ? index.intValue() : position);
        JsonNode id = call.path("id");
        if (id.isTextual() && id.textValue().length() <= CALL_ID_CHARS_MAX) {
            clean.put("id", SafeText.of(id.textValue()));
        }
        if (call.hasNonNull("type") || clean.has("id")) {
            clean.put("type", "function");
        }
        if (!call.path("function").isObject()) {
            return 0;
        }
        ObjectNode function = clean.putObject("function");
        JsonNode name = call.path("function").path("name");
        JsonNode given = call.path("function").path("arguments");
        // Some engines send arguments as an object; OpenAI's clients expect its text.
        JsonNode arguments = given.isObject() ? TextNode.valueOf(Json.text(given)) : given;
        return putCallText("name", name, function) + putCallText("arguments", arguments, function);
    }

    /// Copies a text, even an empty one.
    private static int putCallText(String field, JsonNode value, ObjectNode to) {
        if (!value.isTextual()) {
            return 0;
        }
        String text = SafeText.of(value.textValue());
        to.put(field, text);
        return SafeText.utf8Length(text);
    }

    private static int copyText(JsonNode from, String field, String as, ObjectNode to) {
        JsonNode value = from.path(field);
        if (!value.isTextual() || value.textValue().isEmpty()) {
            return 0;
        }
        String text = SafeText.of(value.textValue());
        to.put(as, text);
        return SafeText.utf8Length(text);
    }

    private static Optional<String> finishReason(JsonNode choice) {
        JsonNode reason = choice.path("finish_reason");
        if (!reason.isTextual() || reason.textValue().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                FINISH_REASONS.contains(reason.textValue()) ? reason.textValue() : "stop");
    }

    /// The node's count; one that is wrong in a part is believed in none.
    private static Optional<NodeFrame.Report> report(JsonNode usage) {
        JsonNode prompt = usage.path("prompt_tokens");
        JsonNode completion = usage.path("completion_tokens");
        boolean inOrder = isCountOrAbsent(prompt) && isCountOrAbsent(completion);
        return inOrder && (prompt.isNumber() || completion.isNumber())
                ? Optional.of(new NodeFrame.Report(count(prompt), count(completion)))
                : Optional.empty();
    }

    private static boolean isCountOrAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull() || count(value).isPresent();
    }

    private static OptionalLong count(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 0
                ? OptionalLong.of(value.intValue())
                : OptionalLong.empty();
    }
}
