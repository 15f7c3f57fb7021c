package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.pay.Receipt;
import me.owlrun.json.Json;

/// An answer as one JSON object in OpenAI's form, put together from the node's pieces.
final class WholeReply implements Reply {

    private static final int OK = 200;

    private final ReplyPlace place;
    private final ChunkMaker names;
    private final AnswerParts parts = new AnswerParts();
    private String finishReason = "stop";

    /// @param names identifier, time and model of the answer
    WholeReply(ReplyPlace place, ChunkMaker names) {
        this.place = place;
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
        parts.add(piece);
    }

    @Override
    public boolean canRestart() {
        return true;
    }

    @Override
    public void restart() {
        parts.clear();
    }

    @Override
    public void answered(String reason) {
        finishReason = reason;
    }

    @Override
    public void settled(Receipt receipt) {
        ObjectNode body = names.whole();
        ObjectNode choice = body.putArray("choices").addObject();
        choice.put("index", 0);
        if (names.chat()) {
            choice.set("message", message());
        } else {
            choice.put("text", parts.text());
        }
        parts.putLogprobs(choice);
        choice.put("finish_reason", finishReason);
        receipt.bill().ifPresent(bill -> body.set("usage", ChunkMaker.usageJson(bill)));
        receipt.change()
                .ifPresent(change ->
                        ChangeHeaders.put(place.answer(), body, change, place.changeInline()));
        place.answer().send(OK, body);
    }

    private ObjectNode message() {
        ObjectNode message = Json.object();
        message.put("role", "assistant");
        boolean noContent = parts.text().isEmpty() && !parts.toolCalls().isEmpty();
        message.put("content", noContent ? null : parts.text());
        message.putNull("refusal");
        parts.sideTexts().forEach(message::put);
        for (AnswerParts.ToolCall call : parts.toolCalls()) {
            ObjectNode json = message.withArray("tool_calls").addObject();
            json.put("id", call.id());
            json.put("type", "function");
            json.putObject("function").put("name", call.name()).put("arguments", call.arguments());
        }
        return message;
    }

    @Override
    public void failed(ApiError error, Receipt refund) {
        ChangeHeaders.refuse(place.answer(), error, error.toJson(), refund.change());
    }

    @Override
    public void close() {
        // The response is sent whole.
    }
}
