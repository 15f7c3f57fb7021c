package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.wire.Json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The pieces of one answer of the mock engine, written as an OpenAI server writes them.
final class MockChunks {
    private static final String DONE = "data: [DONE]\n\n";

    private final EngineRequest request;
    private final boolean chat;
    private final boolean usageWanted;
    private final long number;
    private final long created;

    /// @param number which answer of this engine it is, for its id
    /// @param created seconds since 1970
    MockChunks(EngineRequest request, long number, long created) {
        ObjectNode body = Json.readObject(request.body()).orElseGet(Json::object);
        this.request = request;
        this.chat = body.has("messages");
        this.usageWanted = body.path("stream_options").path("include_usage").asBoolean(false);
        this.number = number;
        this.created = created;
    }

    /// The first chunk: who speaks.
    String role() {
        return event(chunk("", Optional.empty(), true));
    }

    /// A chunk with one token.
    String content(String word) {
        return event(chunk(word, Optional.empty(), false));
    }

    /// The finish chunk, the usage chunk if wanted, and the end mark.
    List<String> end(MockScript.Speak speak) {
        List<String> events = new ArrayList<>();
        events.add(event(chunk("", Optional.of(speak.finishReason()), false)));
        if (usageWanted) {
            ObjectNode usage = envelope(chat ? "chat.completion.chunk" : "text_completion");
            usage.putArray("choices");
            putUsage(usage, speak);
            events.add(event(usage));
        }
        events.add(DONE);
        return events;
    }

    /// The whole answer as one document.
    String document(MockScript.Speak speak) {
        ObjectNode document = envelope(chat ? "chat.completion" : "text_completion");
        ObjectNode choice = document.putArray("choices").addObject().put("index", 0);
        String text = String.join("", speak.words());
        if (chat) {
            choice.putObject("message").put("role", "assistant").put("content", text);
        } else {
            choice.put("text", text);
        }
        choice.put("finish_reason", speak.finishReason());
        putUsage(document, speak);
        return Json.write(document);
    }

    private ObjectNode chunk(String text, Optional<String> finishReason, boolean first) {
        ObjectNode chunk = envelope(chat ? "chat.completion.chunk" : "text_completion");
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        if (chat) {
            ObjectNode delta = choice.putObject("delta");
            if (first) {
                delta.put("role", "assistant");
            }
            if (finishReason.isEmpty()) {
                delta.put("content", text);
            }
        } else {
            choice.put("text", text);
        }
        finishReason.ifPresentOrElse(
                reason -> choice.put("finish_reason", reason),
                () -> choice.putNull("finish_reason"));
        return chunk;
    }

    private ObjectNode envelope(String object) {
        ObjectNode envelope = Json.object();
        envelope.put("id", (chat ? "chatcmpl-mock-" : "cmpl-mock-") + number);
        envelope.put("object", object);
        envelope.put("created", created);
        envelope.put("model", request.model());
        envelope.put("system_fingerprint", "fp_owlrun_mock");
        return envelope;
    }

    private static void putUsage(ObjectNode document, MockScript.Speak speak) {
        int completionTokens = speak.words().size();
        document.putObject("usage")
                .put("prompt_tokens", speak.promptTokens())
                .put("completion_tokens", completionTokens)
                .put("total_tokens", speak.promptTokens() + completionTokens);
    }

    private static String event(ObjectNode chunk) {
        return "data: " + Json.write(chunk) + "\n\n";
    }
}
