package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.OptionalLong;

/// Checks of fields that several formats have. All throw [WrongRequestException] for a wrong one.
final class Fields {

    private static final int MODEL_CHARS_MAX = 200;

    /// Fields that would tell a node who the buyer is, or that only OpenAI's own service knows.
    private static final List<String> PRIVATE =
            List.of(
                    "user",
                    "safety_identifier",
                    "prompt_cache_key",
                    "metadata",
                    "store",
                    "service_tier");

    private Fields() {}

    /// The name of the model.
    static String model(ObjectNode body) {
        JsonNode model = body.path("model");
        if (!model.isTextual() || model.textValue().isBlank()) {
            throw WrongRequestException.field("model", "the name of a model");
        }
        if (model.textValue().length() > MODEL_CHARS_MAX) {
            throw WrongRequestException.field(
                    "model", "at most " + MODEL_CHARS_MAX + " characters");
        }
        return model.textValue();
    }

    /// A field that is true, false, or left out.
    static boolean flag(ObjectNode body, String field, boolean otherwise) {
        if (!body.hasNonNull(field)) {
            return otherwise;
        }
        if (!body.path(field).isBoolean()) {
            throw WrongRequestException.field(field, "true or false");
        }
        return body.path(field).booleanValue();
    }

    /// A field that holds an object, or is left out.
    static JsonNode object(ObjectNode body, String field) {
        if (body.hasNonNull(field) && !body.path(field).isObject()) {
            throw WrongRequestException.field(field, "an object");
        }
        return body.path(field);
    }

    /// Refuses more than one answer.
    static void requireOne(ObjectNode body, String field) {
        if (body.hasNonNull(field) && body.path(field).asLong(0) != 1) {
            throw WrongRequestException.field(field, "1; ask several times for several answers");
        }
    }

    /// The first of these fields that holds a count.
    static OptionalLong count(ObjectNode body, List<String> fields) {
        OptionalLong first = OptionalLong.empty();
        for (String field : fields) {
            if (!body.hasNonNull(field)) {
                continue;
            }
            JsonNode value = body.path(field);
            if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() <= 0) {
                throw WrongRequestException.field(field, "a whole number above zero");
            }
            if (first.isEmpty()) {
                first = OptionalLong.of(value.longValue());
            }
        }
        return first;
    }

    /// A copy without what would tell who asks.
    static ObjectNode anonymous(ObjectNode body) {
        ObjectNode copy = body.deepCopy();
        copy.remove(PRIVATE);
        return copy;
    }

    /// Makes a request a stream that ends with a count of tokens, and bounds its answer.
    static void boundStream(
            ObjectNode body, OptionalLong wanted, long tokensMax, int contextLength) {
        body.remove(List.of("n", "best_of", "max_completion_tokens", "max_tokens"));
        body.put("stream", true);
        body.putObject("stream_options").put("include_usage", true);
        if (wanted.isPresent() || tokensMax < contextLength) {
            body.put("max_tokens", Math.min(wanted.orElse(tokensMax), tokensMax));
        }
    }
}
