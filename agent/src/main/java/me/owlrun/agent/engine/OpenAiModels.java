package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.agent.engine.Engine.ServedModel;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// The models of any server that speaks OpenAI's routes, from `GET /v1/models`: llama.cpp's server,
/// vLLM, LM Studio and others.
final class OpenAiModels {
    static final HttpEngine.Listing LISTING =
            new HttpEngine.Listing("openai", "the engine", "/v1/models", OpenAiModels::listed);

    private OpenAiModels() {}

    private static List<ServedModel> listed(JsonNode list) {
        List<ServedModel> models = new ArrayList<>();
        for (JsonNode model : list.path("data")) {
            String id = model.path("id").asText("");
            if (!id.isEmpty()) {
                models.add(new ServedModel(id, context(model)));
            }
        }
        return models;
    }

    /// vLLM says `max_model_len`, llama.cpp's server `meta.n_ctx` (what it was started with).
    private static OptionalInt context(JsonNode model) {
        OptionalInt vllm = HttpEngine.positive(model.path("max_model_len"));
        return vllm.isPresent() ? vllm : HttpEngine.positive(model.path("meta").path("n_ctx"));
    }
}
