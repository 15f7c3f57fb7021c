package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/// Takes the known fields out of an engine's log probabilities, for both kinds of answers.
final class Logprobs {

    private static final int TOP_MAX = 20;
    private static final int BYTES_MAX = 256;
    private static final int BYTE_MAX = 255;

    /// Powers of ten that a number may have; clients read them as floating point.
    private static final int EXPONENT_MAX = 20;

    private Logprobs() {}

    static Optional<JsonNode> clean(JsonNode source, AnswerKind kind) {
        if (!source.isObject()) {
            return Optional.empty();
        }
        ObjectNode clean =
                switch (kind) {
                    case CHAT -> ofChat(source);
                    case COMPLETION -> ofCompletion(source);
                };
        return clean.isEmpty() ? Optional.empty() : Optional.of(clean);
    }

    private static ObjectNode ofChat(JsonNode source) {
        ObjectNode clean = Json.object();
        for (String field : List.of("content", "refusal")) {
            if (source.path(field).isArray()) {
                ArrayNode entries = clean.putArray(field);
                for (JsonNode entry : source.path(field)) {
                    entry(entry)
                            .ifPresent(made -> {
                                made.set("top_logprobs", top(entry.path("top_logprobs")));
                                entries.add(made);
                            });
                }
            }
        }
        return clean;
    }

    private static ArrayNode top(JsonNode source) {
        ArrayNode top = Json.array();
        if (source.isArray()) {
            for (JsonNode candidate : source) {
                if (top.size() < TOP_MAX) {
                    entry(candidate).ifPresent(top::add);
                }
            }
        }
        return top;
    }

    private static Optional<ObjectNode> entry(JsonNode source) {
        if (!source.path("token").isTextual() || !isLogprob(source.path("logprob"))) {
            return Optional.empty();
        }
        ObjectNode entry = Json.object();
        entry.put("token", SafeText.of(source.path("token").textValue()));
        entry.set("logprob", source.path("logprob"));
        JsonNode bytes = source.path("bytes");
        if (areBytes(bytes)) {
            ArrayNode copy = entry.putArray("bytes");
            bytes.forEach(b -> copy.add(b.intValue()));
        } else {
            entry.putNull("bytes");
        }
        return Optional.of(entry);
    }

    private static boolean areBytes(JsonNode bytes) {
        if (!bytes.isArray() || bytes.size() > BYTES_MAX) {
            return false;
        }
        for (JsonNode b : bytes) {
            if (!b.isInt() || b.intValue() < 0 || b.intValue() > BYTE_MAX) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLogprob(JsonNode value) {
        if (!value.isNumber()) {
            return false;
        }
        BigDecimal number = value.decimalValue();
        long exponent = (long) number.precision() - number.scale();
        return number.signum() == 0 || Math.abs(exponent) <= EXPONENT_MAX;
    }

    private static ObjectNode ofCompletion(JsonNode source) {
        ObjectNode clean = Json.object();
        JsonNode tokens = source.path("tokens");
        JsonNode logprobs = source.path("token_logprobs");
        if (!tokens.isArray() || !logprobs.isArray() || tokens.size() != logprobs.size()) {
            return clean;
        }
        ArrayNode cleanTokens = clean.putArray("tokens");
        tokens.forEach(token -> cleanTokens.add(SafeText.of(token.asText(""))));
        ArrayNode cleanLogprobs = clean.putArray("token_logprobs");
        for (JsonNode logprob : logprobs) {
            if (isLogprob(logprob)) {
                cleanLogprobs.add(logprob);
            } else {
                cleanLogprobs.addNull();
            }
        }
        return clean;
    }
}
