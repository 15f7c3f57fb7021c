package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.pay.Receipt;
import me.owlrun.json.Json;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Base64;

/// Embeddings as one JSON object in the form that the buyer asked for.
final class EmbeddingReply implements Reply {

    private static final int OK = 200;

    private final ReplyPlace place;
    private final String model;
    private final EmbeddingRequest.Form form;
    private final long begunNanos = System.nanoTime();
    private ArrayNode vectors = Json.array();

    EmbeddingReply(ReplyPlace place, String model, EmbeddingRequest.Form form) {
        this.place = place;
        this.model = model;
        this.form = form;
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
        if (piece.delta().path("vectors") instanceof ArrayNode made) {
            vectors = made;
        }
    }

    @Override
    public boolean canRestart() {
        return true;
    }

    @Override
    public void restart() {
        vectors = Json.array();
    }

    @Override
    public void answered(String finishReason) {
        // An embedding has no reason to end.
    }

    @Override
    public void settled(Receipt receipt) {
        ObjectNode body =
                switch (form) {
                    case NUMBERS, BASE64 -> openAi();
                    case OLLAMA -> ollama();
                    case OLLAMA_ONE -> {
                        ObjectNode one = Json.object();
                        one.set("embedding", vectors.path(0));
                        yield one;
                    }
                };
        receipt.bill().ifPresent(bill -> putUsage(body, bill));
        receipt.change()
                .ifPresent(change ->
                        ChangeHeaders.put(place.answer(), body, change, place.changeInline()));
        place.answer().send(OK, body);
    }

    private ObjectNode openAi() {
        ObjectNode body = Json.object();
        body.put("object", "list");
        ArrayNode data = body.putArray("data");
        for (int index = 0; index < vectors.size(); index++) {
            ObjectNode entry = data.addObject();
            entry.put("object", "embedding");
            entry.put("index", index);
            if (form == EmbeddingRequest.Form.BASE64) {
                entry.put("embedding", base64(vectors.path(index)));
            } else {
                entry.set("embedding", vectors.path(index));
            }
        }
        body.put("model", model);
        return body;
    }

    private static String base64(JsonNode vector) {
        ByteBuffer bytes =
                ByteBuffer.allocate(vector.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        vector.forEach(number -> bytes.putFloat(number.floatValue()));
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private ObjectNode ollama() {
        ObjectNode body = Json.object();
        body.put("model", model);
        body.set("embeddings", vectors);
        body.put("total_duration", System.nanoTime() - begunNanos);
        body.put("load_duration", Duration.ZERO.toNanos());
        return body;
    }

    private void putUsage(ObjectNode body, Bill bill) {
        long tokens = bill.usage().promptTokens();
        if (form.isOllama()) {
            body.put("prompt_eval_count", tokens);
            body.put("cost_msats", bill.cost().value());
            return;
        }
        body.putObject("usage")
                .put("prompt_tokens", tokens)
                .put("total_tokens", tokens)
                .put("cost_msats", bill.cost().value());
    }

    @Override
    public void failed(ApiError error, Receipt refund) {
        ChangeHeaders.refuse(
                place.answer(),
                error,
                form.isOllama() ? error.toOllamaJson() : error.toJson(),
                refund.change());
    }

    @Override
    public void close() {
        // The response is sent whole.
    }
}
