package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.pay.Change;
import me.owlrun.json.Json;

import java.util.Optional;

/// Makes the chunks of one answer: same identifier, time and model in each.
///
/// @param id the answer's identifier
/// @param createdEpochSeconds when it began
/// @param model the model asked for
record ChunkMaker(String id, long createdEpochSeconds, String model) {

    ObjectNode role() {
        ObjectNode delta = Json.object();
        delta.put("role", "assistant").put("content", "");
        return choice(delta, Optional.empty(), Optional.empty());
    }

    ObjectNode piece(NodeFrame.Piece piece) {
        return choice(piece.delta(), Optional.of(piece), Optional.empty());
    }

    ObjectNode finish(String reason) {
        return choice(Json.object(), Optional.empty(), Optional.of(reason));
    }

    private ObjectNode choice(
            ObjectNode delta, Optional<NodeFrame.Piece> piece, Optional<String> finishReason) {
        ObjectNode chunk = chunk();
        ObjectNode choice = chunk.putArray("choices").addObject();
        choice.put("index", 0);
        choice.set("delta", delta);
        piece.flatMap(NodeFrame.Piece::logprobs)
                .ifPresent(logprobs -> choice.set("logprobs", logprobs));
        choice.put("finish_reason", finishReason.orElse(null));
        return chunk;
    }

    ObjectNode usage(Usage usage) {
        ObjectNode chunk = chunk();
        chunk.putArray("choices");
        chunk.set("usage", WholeReply.usageJson(usage));
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
        ObjectNode chunk = chunk();
        chunk.setAll(error.toJson());
        ObjectNode choice = chunk.putArray("choices").addObject();
        choice.put("index", 0);
        choice.putObject("delta");
        choice.put("finish_reason", "error");
        return chunk;
    }

    private ObjectNode chunk() {
        ObjectNode chunk = Json.object();
        chunk.put("id", id);
        chunk.put("object", "chat.completion.chunk");
        chunk.put("created", createdEpochSeconds);
        chunk.put("model", model);
        return chunk;
    }
}
