package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.agent.engine.Engine.ServedModel;

import java.util.ArrayList;
import java.util.List;

/// The models of an Ollama that already runs on this machine, from `GET /api/tags`; its answers
/// come from its OpenAI-style routes. Models that Ollama would run in someone's cloud are never
/// served: they would send buyers' prompts away from this machine.
final class OllamaModels {
    static final HttpEngine.Listing LISTING =
            new HttpEngine.Listing("ollama", "Ollama", "/api/tags", OllamaModels::local);

    private static final String CLOUD_SUFFIX = "-cloud";

    private OllamaModels() {}

    private static List<ServedModel> local(JsonNode tags) {
        List<ServedModel> local = new ArrayList<>();
        for (JsonNode model : tags.path("models")) {
            String tag = model.path("name").asText("");
            boolean remote = model.hasNonNull("remote_host") || model.hasNonNull("remote_model");
            if (!tag.isEmpty() && !remote && !tag.endsWith(CLOUD_SUFFIX)) {
                JsonNode context = model.path("details").path("context_length");
                local.add(new ServedModel(tag, HttpEngine.positive(context)));
            }
        }
        return local;
    }
}
