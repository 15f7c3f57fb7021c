package me.owlrun.agent.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.Optional;

/// The one JSON reader and writer of the agent: strict (no duplicate names, nothing after the
/// document), exact (fractions as decimals), and bounded in depth.
public final class Json {
    private static final int DEPTH_MAX = 256;
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build());
    }

    private Json() {}

    /// An empty object to fill.
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /// Reads a text that should hold one JSON object; empty if it does not.
    public static Optional<ObjectNode> readObject(String text) {
        try {
            return asObject(MAPPER.readTree(text));
        } catch (JsonProcessingException refused) {
            return Optional.empty();
        }
    }

    /// Reads octets that should hold one JSON object in UTF-8; empty if they do not.
    public static Optional<ObjectNode> readObject(byte[] octets) {
        try {
            return asObject(MAPPER.readTree(octets));
        } catch (IOException refused) {
            return Optional.empty();
        }
    }

    /// The document as compact text.
    public static String write(JsonNode document) {
        return document.toString();
    }

    private static Optional<ObjectNode> asObject(JsonNode node) {
        return node instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
    }
}
