package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// An Ollama that already runs on this machine. Its list is `GET /api/tags`; its answers come from
/// its OpenAI-style routes. Models that Ollama would run in someone's cloud are never served: they
/// would send buyers' prompts away from this machine.
final class OllamaEngine implements Engine {
    private static final String CLOUD_SUFFIX = "-cloud";

    private final OpenAiCalls calls;

    OllamaEngine(URI base, EngineLimits limits) {
        this.calls = new OpenAiCalls(base, limits);
    }

    @Override
    public String kind() {
        return "ollama";
    }

    @Override
    public ModelList models() throws InterruptedException {
        try {
            return new ModelList.Served(local(calls.get("/api/tags").path("models")));
        } catch (IOException silent) {
            return new ModelList.Unreachable("Ollama does not answer: " + Reasons.of(silent));
        }
    }

    @Override
    public Answer answer(EngineRequest request, Sink sink) throws InterruptedException {
        return calls.answer(request, sink);
    }

    @Override
    public void close() {
        calls.close();
    }

    private static List<ServedModel> local(JsonNode models) {
        List<ServedModel> local = new ArrayList<>();
        for (JsonNode model : models) {
            String tag = model.path("name").asText("");
            boolean remote = model.hasNonNull("remote_host") || model.hasNonNull("remote_model");
            if (!tag.isEmpty() && !remote && !tag.endsWith(CLOUD_SUFFIX)) {
                JsonNode context = model.path("details").path("context_length");
                local.add(new ServedModel(tag, positive(context)));
            }
        }
        return local;
    }

    /// A whole number above zero, or nothing.
    static OptionalInt positive(JsonNode value) {
        boolean usable = value.isIntegralNumber() && value.canConvertToInt() && value.asInt() > 0;
        return usable ? OptionalInt.of(value.asInt()) : OptionalInt.empty();
    }
}
