package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.agent.wire.Json;

import java.util.OptionalLong;

/// What the node itself counted of an answer, to be compared with what the gateway says.
///
/// @param frames events that carried some of the answer; 1 for an answer in one document
/// @param promptTokens what the engine says it read, if it said so
/// @param completionTokens what the engine says it wrote, if it said so
public record AnswerTally(long frames, OptionalLong promptTokens, OptionalLong completionTokens) {
    /// The tally of an answer that came as one JSON document.
    static AnswerTally ofDocument(byte[] document) {
        JsonNode usage = Json.readObject(document).orElseGet(Json::object).path("usage");
        return new AnswerTally(1, count(usage, "prompt_tokens"), count(usage, "completion_tokens"));
    }

    /// A count of tokens in a `usage` object, if it is there.
    static OptionalLong count(JsonNode usage, String name) {
        JsonNode value = usage.path(name);
        return value.isIntegralNumber() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
    }

    /// Tokens read and written together, as far as the engine said.
    public long tokens() {
        return promptTokens.orElse(0) + completionTokens.orElse(0);
    }
}
