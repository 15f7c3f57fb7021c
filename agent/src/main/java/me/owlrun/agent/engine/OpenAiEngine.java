package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Any server that speaks OpenAI's routes: llama.cpp's server, vLLM, LM Studio and others. Its list
/// is `GET /v1/models`.
final class OpenAiEngine implements Engine {
    private final OpenAiCalls calls;

    OpenAiEngine(URI base, EngineLimits limits) {
        this.calls = new OpenAiCalls(base, limits);
    }

    @Override
    public String kind() {
        return "openai";
    }

    @Override
    public ModelList models() throws InterruptedException {
        try {
            return new ModelList.Served(listed(calls.get("/v1/models").path("data")));
        } catch (IOException silent) {
            return new ModelList.Unreachable("the engine does not answer: " + Reasons.of(silent));
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

    private static List<ServedModel> listed(JsonNode data) {
        List<ServedModel> models = new ArrayList<>();
        for (JsonNode model : data) {
            String id = model.path("id").asText("");
            if (!id.isEmpty()) {
                models.add(new ServedModel(id, context(model)));
            }
        }
        return models;
    }

    /// vLLM says `max_model_len`, llama.cpp's server `meta.n_ctx` (what it was started with).
    private static OptionalInt context(JsonNode model) {
        OptionalInt vllm = OllamaEngine.positive(model.path("max_model_len"));
        return vllm.isPresent() ? vllm : OllamaEngine.positive(model.path("meta").path("n_ctx"));
    }
}
