package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Reads a node's embeddings: one JSON document, of which nothing but the right number of vectors
/// and the count of tokens is taken. They become one piece with the field `vectors`.
final class EmbeddingReader implements FrameReader {

    /// Bytes that the document may have.
    static final int DOCUMENT_BYTES_MAX = 16_777_216;

    private static final int DIMENSIONS_MAX = 65_536;

    private final ByteArrayOutputStream document = new ByteArrayOutputStream();
    private final int inputs;

    /// @param inputs how many vectors there must be
    EmbeddingReader(int inputs) {
        this.inputs = inputs;
    }

    @Override
    public List<NodeFrame> feed(byte[] bytes) {
        if (document.size() + bytes.length > DOCUMENT_BYTES_MAX) {
            throw new SseParser.EventTooLargeException();
        }
        document.writeBytes(bytes);
        return List.of();
    }

    @Override
    public List<NodeFrame> end() {
        try {
            return List.of(frame(Json.parseObject(document.toByteArray())));
        } catch (InvalidJsonException e) {
            return List.of(new NodeFrame.EngineError());
        }
    }

    private NodeFrame frame(ObjectNode json) {
        ArrayNode vectors = Json.array();
        for (JsonNode entry : entries(json)) {
            if (!isVector(entry)) {
                return new NodeFrame.EngineError();
            }
            vectors.add(entry);
        }
        if (json.hasNonNull("error") || vectors.size() != inputs) {
            return new NodeFrame.EngineError();
        }
        ObjectNode delta = Json.object();
        delta.set("vectors", vectors);
        return new NodeFrame.Piece(delta, Optional.empty(), Optional.of("stop"), usage(json), 0);
    }

    /// The vectors as OpenAI's servers or Ollama's own route write them, in the order of the
    /// inputs.
    private static ArrayNode entries(ObjectNode json) {
        ArrayNode entries = Json.array();
        if (json.path("data").isArray()) {
            Map<Integer, JsonNode> byIndex = new TreeMap<>();
            for (JsonNode entry : json.path("data")) {
                int index = entry.path("index").asInt(byIndex.size());
                byIndex.put(index, entry.path("embedding"));
            }
            byIndex.values().forEach(entries::add);
        } else {
            json.path("embeddings").forEach(entries::add);
        }
        return entries;
    }

    private static Optional<NodeFrame.Report> usage(ObjectNode json) {
        JsonNode openAi = json.path("usage").path("prompt_tokens");
        JsonNode prompt = openAi.isMissingNode() ? json.path("prompt_eval_count") : openAi;
        boolean usable =
                prompt.isIntegralNumber() && prompt.canConvertToInt() && prompt.intValue() >= 0;
        return usable
                ? Optional.of(
                        new NodeFrame.Report(
                                OptionalLong.of(prompt.longValue()), OptionalLong.of(0)))
                : Optional.empty();
    }

    private static boolean isVector(JsonNode vector) {
        if (!vector.isArray() || vector.isEmpty() || vector.size() > DIMENSIONS_MAX) {
            return false;
        }
        for (JsonNode number : vector) {
            if (!number.isNumber() || !Float.isFinite(number.floatValue())) {
                return false;
            }
        }
        return true;
    }
}
