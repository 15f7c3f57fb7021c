package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.RequestScope;
import me.owlrun.gateway.pay.Receipt;

/// An answer as lines of JSON in Ollama's form, or as server-sent events for clients that accept
/// them. The last line has `done: true`; the change follows it, as in seed 001, or comes before it
/// for Ollama's own clients, which stop there.
final class OllamaStreamReply implements Reply {

    private final ReplyPlace place;
    private final BuyerStream out;
    private final OllamaChunks chunks;
    private final AnswerParts calls = new AnswerParts();
    private String finishReason = "stop";
    private boolean begun;

    OllamaStreamReply(ReplyPlace place, OllamaChunks chunks) {
        this.place = place;
        this.chunks = chunks;
        this.out =
                new BuyerStream(
                        place, place.events() ? StreamWriter.Form.EVENTS : StreamWriter.Form.LINES);
    }

    @Override
    public void accepted() {
        out.accepted();
    }

    /// Lines of JSON have no comments: an empty piece is the sign of life.
    @Override
    public void tick() {
        out.tick(() -> out.data(chunks.text("", "")));
    }

    @Override
    public void piece(NodeFrame.Piece piece) {
        if (piece.delta().has("tool_calls")) {
            calls.add(piece);
        }
        String text = ChunkMaker.textOf(piece);
        String thinking = thinking(piece.delta());
        if (!text.isEmpty() || !thinking.isEmpty()) {
            begun = true;
            out.data(chunks.text(text, thinking));
            RequestScope.told();
        }
    }

    /// What the model thinks, whichever way the node calls it.
    static String thinking(JsonNode delta) {
        JsonNode reasoning = delta.path("reasoning");
        return reasoning.isTextual()
                ? reasoning.textValue()
                : delta.path("reasoning_content").asText("");
    }

    @Override
    public boolean canRestart() {
        return !begun;
    }

    @Override
    public void restart() {
        calls.clear();
    }

    @Override
    public void answered(String reason) {
        finishReason = reason;
        if (!calls.toolCalls().isEmpty()) {
            out.data(chunks.toolCalls(calls.toolCalls()));
        }
    }

    @Override
    public void settled(Receipt receipt) {
        if (place.changeInline()) {
            receipt.change().ifPresent(change -> out.data(chunks.change(change)));
        }
        out.data(chunks.finish(chunks.text("", ""), finishReason, receipt.bill()));
        if (!place.changeInline()) {
            receipt.change().ifPresent(change -> out.data(chunks.change(change)));
        }
    }

    @Override
    public void failed(ApiError error, Receipt refund) {
        if (!out.isOpen()) {
            ChangeHeaders.refuse(place.answer(), error, error.toOllamaJson(), refund.change());
            return;
        }
        if (place.changeInline()) {
            refund.change().ifPresent(change -> out.data(chunks.change(change)));
        }
        out.data(error.toOllamaJson());
        if (!place.changeInline()) {
            refund.change().ifPresent(change -> out.data(chunks.change(change)));
        }
    }

    @Override
    public void close() {
        out.close();
    }
}
