package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.pay.Receipt;

import java.util.Map;

/// An answer as one JSON object in Ollama's form.
final class OllamaWholeReply implements Reply {

    private static final int OK = 200;

    private final ReplyPlace place;
    private final OllamaChunks chunks;
    private final AnswerParts parts = new AnswerParts();
    private String finishReason = "stop";

    OllamaWholeReply(ReplyPlace place, OllamaChunks chunks) {
        this.place = place;
        this.chunks = chunks;
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
        Map<String, String> side = parts.sideTexts();
        String thinking =
                side.getOrDefault("reasoning", side.getOrDefault("reasoning_content", ""));
        ObjectNode body = chunks.text(parts.text(), thinking);
        if (!parts.toolCalls().isEmpty() && body.path("message") instanceof ObjectNode message) {
            OllamaChunks.putCalls(message, parts.toolCalls());
        }
        var _ = chunks.finish(body, finishReason, receipt.bill());
        receipt.change()
                .ifPresent(change ->
                        ChangeHeaders.put(place.answer(), body, change, place.changeInline()));
        place.answer().send(OK, body);
    }

    @Override
    public void failed(ApiError error, Receipt refund) {
        ChangeHeaders.refuse(place.answer(), error, error.toOllamaJson(), refund.change());
    }

    @Override
    public void close() {
        // The response is sent whole.
    }
}
