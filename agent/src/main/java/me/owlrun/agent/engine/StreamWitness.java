package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.wire.Json;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/// Watches the events of one OpenAI-style stream pass: counts them, and knows at the end whether
/// the answer is whole. An engine that dies in the middle often closes its stream in good order
/// (Ollama sends an empty chunk and stops), so only a finish reason and `[DONE]` prove the end. Not
/// safe for use by several threads.
final class StreamWitness {
    private static final String DATA = "data:";
    private static final String DONE = "[DONE]";

    private long frames;
    private boolean finished;
    private boolean done;
    private Optional<String> error = Optional.empty();
    private OptionalLong promptTokens = OptionalLong.empty();
    private OptionalLong completionTokens = OptionalLong.empty();

    /// Looks at one whole event.
    void see(byte[] event) {
        new String(event, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(DATA))
                .forEach(line -> seeData(line.substring(DATA.length()).strip()));
    }

    /// Why the answer is not whole; empty if it is.
    Optional<String> fault() {
        if (error.isPresent()) {
            return error;
        }
        if (!finished) {
            return Optional.of("the engine's stream ended without a finish reason");
        }
        return done ? Optional.empty() : Optional.of("the engine's stream ended without [DONE]");
    }

    /// What was counted so far.
    AnswerTally tally() {
        return new AnswerTally(frames, promptTokens, completionTokens);
    }

    private void seeData(String data) {
        if (data.equals(DONE)) {
            done = true;
            return;
        }
        Optional<ObjectNode> chunk = Json.readObject(data);
        if (chunk.isEmpty()) {
            error = Optional.of("the engine sent an event that is no JSON object");
            return;
        }
        if (chunk.get().hasNonNull("error")) {
            error = Optional.of("the engine reported an error within its stream");
        }
        chunk.get().path("choices").forEach(this::seeChoice);
        seeUsage(chunk.get().path("usage"));
    }

    private void seeChoice(JsonNode choice) {
        JsonNode delta = choice.path("delta");
        if (hasText(delta, "content")
                || hasText(delta, "reasoning")
                || hasText(delta, "reasoning_content")
                || delta.hasNonNull("tool_calls")
                || hasText(choice, "text")) {
            frames++;
        }
        finished |= hasText(choice, "finish_reason");
    }

    private void seeUsage(JsonNode usage) {
        if (usage.isObject()) {
            promptTokens = AnswerTally.count(usage, "prompt_tokens");
            completionTokens = AnswerTally.count(usage, "completion_tokens");
        }
    }

    private static boolean hasText(JsonNode node, String name) {
        return node.hasNonNull(name) && !node.path(name).asText("").isEmpty();
    }
}
