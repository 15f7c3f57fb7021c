package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.meter.PromptBound;
import me.owlrun.json.Json;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;

/// A checked request for a chat completion, as OpenAI defines it. What it does not check passes
/// through to the node.
///
/// @param body the whole request
/// @param model the model asked for
/// @param stream whether the answer is wanted piece by piece
/// @param includeUsage whether a stream shall end with a count of tokens
/// @param maxTokens the most tokens of answer the buyer wants, if it says
record ChatRequest(
        ObjectNode body,
        String model,
        boolean stream,
        boolean includeUsage,
        OptionalLong maxTokens) {

    private static final int MODEL_CHARS_MAX = 200;
    private static final int MESSAGES_MAX = 10_000;

    /// Fields that would tell a node who the buyer is, or that only OpenAI's own service knows.
    private static final List<String> PRIVATE_FIELDS =
            List.of("user", "safety_identifier", "metadata", "store", "service_tier");

    /// What reading a request gives.
    sealed interface Reading {
        /// In order.
        record Fine(ChatRequest request) implements Reading {}

        /// Not in order.
        record Wrong(ApiError error) implements Reading {}
    }

    /// Reads the body, field by field in the order of docs/errors.md.
    static Reading read(ObjectNode body) {
        JsonNode model = body.path("model");
        if (!model.isTextual() || model.textValue().isBlank()) {
            return wrong("model", "the name of a model");
        }
        if (model.textValue().length() > MODEL_CHARS_MAX) {
            return wrong("model", "at most " + MODEL_CHARS_MAX + " characters");
        }
        if (!areMessages(body.path("messages"))) {
            return wrong("messages", "a list of messages, each with a role");
        }
        if (body.hasNonNull("n") && body.path("n").asLong(0) != 1) {
            return wrong("n", "1; ask several times for several answers");
        }
        if (!isAbsentOr(body, "stream", body.path("stream").isBoolean())) {
            return wrong("stream", "true or false");
        }
        JsonNode options = body.path("stream_options");
        if (!isAbsentOr(body, "stream_options", options.isObject())) {
            return wrong("stream_options", "an object");
        }
        for (String field : List.of("max_completion_tokens", "max_tokens")) {
            if (!isAbsentOr(body, field, isCount(body.path(field)))) {
                return wrong(field, "a whole number above zero");
            }
        }
        return new Reading.Fine(
                new ChatRequest(
                        body,
                        model.textValue(),
                        body.path("stream").asBoolean(false),
                        options.path("include_usage").asBoolean(false),
                        maxTokens(body)));
    }

    private static boolean isAbsentOr(ObjectNode body, String field, boolean fits) {
        return !body.hasNonNull(field) || fits;
    }

    private static boolean isCount(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() > 0;
    }

    private static boolean areMessages(JsonNode messages) {
        if (!messages.isArray() || messages.isEmpty() || messages.size() > MESSAGES_MAX) {
            return false;
        }
        for (JsonNode message : messages) {
            if (!message.isObject() || !message.path("role").isTextual()) {
                return false;
            }
        }
        return true;
    }

    private static OptionalLong maxTokens(ObjectNode body) {
        for (String field : List.of("max_completion_tokens", "max_tokens")) {
            if (body.hasNonNull(field)) {
                return OptionalLong.of(body.path(field).longValue());
            }
        }
        return OptionalLong.empty();
    }

    private static Reading wrong(String field, String allowed) {
        return new Reading.Wrong(
                ApiError.of(
                        ErrorCode.INVALID_REQUEST,
                        "'" + field + "' must be " + allowed + ".",
                        field));
    }

    /// How many tokens the prompt can be.
    PromptBound promptBound() {
        long imageBytes = 0;
        int images = 0;
        for (JsonNode message : body.path("messages")) {
            for (JsonNode part : message.path("content")) {
                JsonNode url = part.path("image_url").path("url");
                if (url.isTextual()) {
                    images++;
                    imageBytes += url.textValue().getBytes(StandardCharsets.UTF_8).length;
                }
            }
        }
        return new PromptBound(Math.max(0, Json.bytes(body).length - imageBytes), images);
    }

    /// The request as a node gets it: always a stream with usage, with a bound on the answer, and
    /// nothing that tells who asks.
    ///
    /// @param tokensMax what the buyer can pay for
    /// @param contextLength what the model can hold; a bound beyond it is not sent
    byte[] forNode(long tokensMax, int contextLength) {
        ObjectNode copy = body.deepCopy();
        PRIVATE_FIELDS.forEach(copy::remove);
        copy.remove(List.of("n", "max_completion_tokens", "max_tokens"));
        copy.put("stream", true);
        copy.putObject("stream_options").put("include_usage", true);
        if (maxTokens.isPresent() || tokensMax < contextLength) {
            copy.put("max_tokens", Math.min(maxTokens.orElse(tokensMax), tokensMax));
        }
        for (JsonNode message : copy.path("messages")) {
            if (message.path("role").asText().equals("developer")
                    && message instanceof ObjectNode object) {
                object.put("role", "system");
            }
        }
        return Json.bytes(copy);
    }

    @Override
    public String toString() {
        return "ChatRequest[model=" + model + ", stream=" + stream + "]";
    }
}
