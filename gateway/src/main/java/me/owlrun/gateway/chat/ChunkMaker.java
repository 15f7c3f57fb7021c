package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.pay.Change;
import me.owlrun.json.Json;

import java.util.Optional;

/// Makes the chunks of one answer in OpenAI's form: same identifier, time and model in each.
///
/// @param chat whether it is a chat; else a plain completion
/// @param id the answer's identifier
/// @param createdEpochSeconds when it began
/// @param model the model asked for
record ChunkMaker(boolean chat, String id, long createdEpochSeconds, String model) {

    /// For a chat completion.
    static ChunkMaker chat(ReplyPlace place, String model) {
        return new ChunkMaker(
                true, "chatcmpl-" + place.id(), place.begun().getEpochSecond(), model);
    }

    /// For a plain completion.
    static ChunkMaker text(ReplyPlace place, String model) {
        return new ChunkMaker(false, "cmpl-" + place.id(), place.begun().getEpochSecond(), model);
    }

    /// The text of a piece of a plain completion, whichever way the node wrote it.
    static String textOf(NodeFrame.Piece piece) {
        JsonNode text = piece.delta().path("text");
        return text.isTextual() ? text.textValue() : piece.delta().path("content").asText("");
    }

    ObjectNode role() {
        ObjectNode delta = Json.object();
        delta.put("role", "assistant").put("content", "");
        return choice(delta, "", Optional.empty(), Optional.empty());
    }

    ObjectNode piece(NodeFrame.Piece piece) {
        return choice(piece.delta(), textOf(piece), piece.logprobs(), Optional.empty());
    }

    ObjectNode finish(String reason) {
        return choice(Json.object(), "", Optional.empty(), Optional.of(reason));
    }

    private ObjectNode choice(
            ObjectNode delta,
            String text,
            Optional<JsonNode> logprobs,
            Optional<String> finishReason) {
        ObjectNode chunk = chunk();
        ObjectNode choice = chunk.putArray("choices").addObject();
        choice.put("index", 0);
        if (chat) {
            choice.set("delta", delta);
            logprobs.ifPresent(made -> choice.set("logprobs", made));
        } else {
            choice.put("text", text);
            choice.set("logprobs", logprobs.orElse(null));
        }
        choice.put("finish_reason", finishReason.orElse(null));
        return chunk;
    }

    ObjectNode usage(Bill bill) {
        ObjectNode chunk = chunk();
        chunk.putArray("choices");
        chunk.set("usage", usageJson(bill));
        return chunk;
    }

    ObjectNode change(Change change) {
        ObjectNode chunk = chunk();
        chunk.putArray("choices");
        chunk.put("type", "cashu_change");
        chunk.setAll(change.toJson());
        return chunk;
    }

    ObjectNode error(ApiError error) {
        ObjectNode chunk = finish("error");
        chunk.setAll(error.toJson());
        return chunk;
    }

    private ObjectNode chunk() {
        return head(chat ? "chat.completion.chunk" : "text_completion");
    }

    /// The fields that a whole answer begins with.
    ObjectNode whole() {
        return head(chat ? "chat.completion" : "text_completion");
    }

    private ObjectNode head(String object) {
        ObjectNode json = Json.object();
        json.put("id", id);
        json.put("object", object);
        json.put("created", createdEpochSeconds);
        json.put("model", model);
        return json;
    }

    /// The field `usage` as OpenAI writes it, with what it cost.
    static ObjectNode usageJson(Bill bill) {
        ObjectNode json = Json.object();
        json.put("prompt_tokens", bill.usage().promptTokens());
        json.put("completion_tokens", bill.usage().completionTokens());
        json.put("total_tokens", bill.usage().totalTokens());
        json.put("cost_msats", bill.cost().value());
        return json;
    }
}
