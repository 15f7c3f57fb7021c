package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// An answer put together from a node's pieces. Not thread-safe.
final class AnswerParts {

    private static final List<String> TEXTS =
            List.of("content", "text", "reasoning", "reasoning_content", "refusal");

    private final Map<String, StringBuilder> texts = new LinkedHashMap<>();
    private final Map<Integer, GrowingCall> toolCalls = new TreeMap<>();
    private final Map<String, ArrayNode> logprobs = new LinkedHashMap<>();

    /// A call of a tool.
    ///
    /// @param id its name in this conversation
    /// @param name the tool
    /// @param arguments the JSON text of its arguments, as the model wrote it
    record ToolCall(String id, String name, String arguments) {}

    /// A call of a tool of which more may come.
    private static final class GrowingCall {
        private String id = "";
        private final StringBuilder name = new StringBuilder();
        private final StringBuilder arguments = new StringBuilder();
    }

    void add(NodeFrame.Piece piece) {
        for (String field : TEXTS) {
            JsonNode text = piece.delta().path(field);
            if (text.isTextual()) {
                texts.computeIfAbsent(field, _ -> new StringBuilder()).append(text.textValue());
            }
        }
        piece.delta().path("tool_calls").forEach(this::addCall);
        piece.logprobs().ifPresent(this::addLogprobs);
    }

    private void addCall(JsonNode part) {
        GrowingCall call =
                toolCalls.computeIfAbsent(part.path("index").asInt(), _ -> new GrowingCall());
        if (part.path("id").isTextual()) {
            call.id = part.path("id").textValue();
        }
        call.name.append(part.path("function").path("name").asText(""));
        call.arguments.append(part.path("function").path("arguments").asText(""));
    }

    private void addLogprobs(JsonNode made) {
        made.properties()
                .forEach(field -> {
                    if (field.getValue().isArray()) {
                        ArrayNode all = logprobs.computeIfAbsent(field.getKey(), _ -> Json.array());
                        field.getValue().forEach(all::add);
                    }
                });
    }

    /// Forgets everything.
    void clear() {
        texts.clear();
        toolCalls.clear();
        logprobs.clear();
    }

    /// The texts other than the answer itself that are there, by field.
    Map<String, String> sideTexts() {
        Map<String, String> found = new LinkedHashMap<>();
        texts.forEach((field, text) -> {
            if (!field.equals("content") && !field.equals("text")) {
                found.put(field, text.toString());
            }
        });
        return found;
    }

    /// The answer itself, whichever way the node wrote it.
    String text() {
        StringBuilder none = new StringBuilder();
        return texts.getOrDefault("content", none).toString() + texts.getOrDefault("text", none);
    }

    /// The calls of tools, in order.
    List<ToolCall> toolCalls() {
        List<ToolCall> calls = new ArrayList<>();
        toolCalls
                .values()
                .forEach(call ->
                        calls.add(
                                new ToolCall(
                                        call.id, call.name.toString(), call.arguments.toString())));
        return calls;
    }

    /// Puts the logprobs into a choice, null when there are none.
    void putLogprobs(ObjectNode choice) {
        if (logprobs.isEmpty()) {
            choice.putNull("logprobs");
            return;
        }
        ObjectNode json = choice.putObject("logprobs");
        logprobs.forEach(json::set);
    }
}
