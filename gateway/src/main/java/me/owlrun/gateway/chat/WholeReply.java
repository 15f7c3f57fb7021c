package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.http.Answer;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.pay.Receipt;
import me.owlrun.json.Json;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// An answer as one JSON object, put together from the node's pieces.
final class WholeReply implements Reply {

    private static final List<String> TEXTS =
            List.of("content", "reasoning", "reasoning_content", "refusal");
    private static final int OK = 200;

    private final Answer answer;
    private final ChunkMaker names;
    private final Map<String, StringBuilder> texts = new LinkedHashMap<>();
    private final Map<Integer, ToolCall> toolCalls = new TreeMap<>();
    private ArrayNode logprobs = Json.array();
    private String finishReason = "stop";

    /// A call of a tool, growing.
    private static final class ToolCall {
        private String id = "";
        private final StringBuilder name = new StringBuilder();
        private final StringBuilder arguments = new StringBuilder();
    }

    /// @param names identifier, time and model of the answer
    WholeReply(Answer answer, ChunkMaker names) {
        this.answer = answer;
        this.names = names;
    }

    @Override
    public void accepted() {
        // The buyer waits for the whole.
    }

    @Override
    public void tick() {
        // Nothing can be sent before the status.
    }

    @Override
    public void piece(NodeFrame.Piece piece) {
        for (String field : TEXTS) {
            JsonNode text = piece.delta().path(field);
            if (text.isTextual()) {
                texts.computeIfAbsent(field, _ -> new StringBuilder()).append(text.textValue());
            }
        }
        piece.delta().path("tool_calls").forEach(this::toolCall);
        piece.logprobs().ifPresent(made -> made.path("content").forEach(logprobs::add));
    }

    private void toolCall(JsonNode part) {
        ToolCall call = toolCalls.computeIfAbsent(part.path("index").asInt(), _ -> new ToolCall());
        if (part.path("id").isTextual()) {
            call.id = part.path("id").textValue();
        }
        call.name.append(part.path("function").path("name").asText(""));
        call.arguments.append(part.path("function").path("arguments").asText(""));
    }

    @Override
    public boolean canRestart() {
        return true;
    }

    @Override
    public void restart() {
        texts.clear();
        toolCalls.clear();
        logprobs = Json.array();
    }

    @Override
    public void answered(String reason) {
        finishReason = reason;
    }

    @Override
    public void settled(Receipt receipt) {
        ObjectNode body = Json.object();
        body.put("id", names.id());
        body.put("object", "chat.completion");
        body.put("created", names.createdEpochSeconds());
        body.put("model", names.model());
        ObjectNode choice = body.putArray("choices").addObject();
        choice.put("index", 0);
        choice.set("message", message());
        if (logprobs.isEmpty()) {
            choice.putNull("logprobs");
        } else {
            choice.putObject("logprobs").set("content", logprobs);
        }
        choice.put("finish_reason", finishReason);
        receipt.bill().ifPresent(bill -> body.set("usage", usageJson(bill.usage())));
        receipt.change().ifPresent(change -> ChangeHeaders.put(answer, body, change));
        answer.send(OK, body);
    }

    private ObjectNode message() {
        ObjectNode message = Json.object();
        message.put("role", "assistant");
        boolean noContent = !texts.containsKey("content") && !toolCalls.isEmpty();
        message.put("content", noContent ? null : "");
        texts.forEach((field, text) -> message.put(field, text.toString()));
        toolCalls.forEach((index, call) -> {
            ObjectNode json = message.withArray("tool_calls").addObject();
            json.put("id", call.id);
            json.put("type", "function");
            json.putObject("function")
                    .put("name", call.name.toString())
                    .put("arguments", call.arguments.toString());
        });
        return message;
    }

    @Override
    public void failed(ApiError error, Receipt refund) {
        ChangeHeaders.send(answer, error, refund.change());
    }

    @Override
    public void close() {
        // The response is sent whole.
    }

    /// The field `usage` as OpenAI writes it.
    static ObjectNode usageJson(Usage usage) {
        ObjectNode json = Json.object();
        json.put("prompt_tokens", usage.promptTokens());
        json.put("completion_tokens", usage.completionTokens());
        json.put("total_tokens", usage.totalTokens());
        return json;
    }
}
