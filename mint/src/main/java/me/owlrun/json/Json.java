package me.owlrun.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;

/// Reads and writes JSON trees: duplicate keys, trailing text and deep nesting are refused, and
/// numbers with a fraction stay exact decimals.
public final class Json {

    /// How deep arrays and objects may nest.
    public static final int DEPTH_MAX = 64;

    /// How many characters one string may hold; images travel as base64 strings.
    public static final int STRING_CHARS_MAX = 12_000_000;

    /// How many digits one number may have.
    public static final int NUMBER_CHARS_MAX = 64;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    // else each thread keeps 32 KiB, and every connection has one
                                    .recyclerPool(JsonRecyclerPools.newConcurrentDequePool())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEPTH_MAX)
                                                    .maxStringLength(STRING_CHARS_MAX)
                                                    .maxNumberLength(NUMBER_CHARS_MAX)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    // else 100.0 is written as 1E+2; plain forms of 1E+99999 would fill the memory
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private Json() {}

    /// A new empty object.
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /// A new empty array.
    public static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /// Reads one JSON value from UTF-8 bytes.
    ///
    /// @throws InvalidJsonException when it is not exactly one well-formed value within the limits
    public static JsonNode parse(byte[] utf8) {
        try {
            return present(MAPPER.readTree(utf8));
        } catch (JsonProcessingException e) {
            throw invalid(e);
        } catch (IOException e) {
            throw new InvalidJsonException("the text is not UTF-8");
        }
    }

    /// Reads one JSON value from text.
    ///
    /// @throws InvalidJsonException when it is not exactly one well-formed value within the limits
    public static JsonNode parse(String text) {
        try {
            return present(MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            throw invalid(e);
        }
    }

    /// Reads one JSON object.
    ///
    /// @throws InvalidJsonException when it is anything else
    public static ObjectNode parseObject(byte[] utf8) {
        return asObject(parse(utf8));
    }

    /// Reads one JSON object.
    ///
    /// @throws InvalidJsonException when it is anything else
    public static ObjectNode parseObject(String text) {
        return asObject(parse(text));
    }

    /// The compact UTF-8 form.
    public static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree could not be written", e);
        }
    }

    /// The compact text form.
    public static String text(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree could not be written", e);
        }
    }

    private static ObjectNode asObject(JsonNode node) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new InvalidJsonException("a JSON object was expected");
    }

    private static JsonNode present(JsonNode node) {
        if (node == null || node.isMissingNode()) {
            throw new InvalidJsonException("the text is empty");
        }
        return node;
    }

    private static InvalidJsonException invalid(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return new InvalidJsonException(
                at == null
                        ? "not well-formed JSON"
                        : "not well-formed JSON at line %d, column %d"
                                .formatted(at.getLineNr(), at.getColumnNr()));
    }
}
