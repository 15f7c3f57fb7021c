package me.owlrun.gateway.market;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.http.Answers;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.json.Json;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;

/// `GET /v1/models` and `/v1/models/{id}`: the price list and every other model that some node
/// serves now, with prices, open to all.
public final class ModelsRoutes implements HttpService {

    /// Parameters that pass to every node; what an engine makes of them is its own.
    private static final List<String> SUPPORTED_PARAMETERS =
            List.of(
                    "max_tokens",
                    "temperature",
                    "top_p",
                    "top_k",
                    "seed",
                    "stop",
                    "frequency_penalty",
                    "presence_penalty",
                    "response_format",
                    "tools",
                    "tool_choice",
                    "logprobs",
                    "top_logprobs");

    private final Catalog catalog;
    private final Supplier<Map<String, Integer>> nodesByModel;

    /// @param nodesByModel how many nodes serve each model now
    public ModelsRoutes(Catalog catalog, Supplier<Map<String, Integer>> nodesByModel) {
        this.catalog = catalog;
        this.nodesByModel = nodesByModel;
    }

    @Override
    public void routing(HttpRules rules) {
        for (String version : List.of("/v1", "")) {
            Answers.get(rules, version + "/models", this::list);
            Answers.get(rules, version + "/models/{+id}", this::one);
        }
    }

    private void list(ServerRequest request, ServerResponse response) {
        Map<String, Integer> nodes = nodesByModel.get();
        ObjectNode body = Json.object();
        body.put("object", "list");
        ArrayNode data = body.putArray("data");
        catalog.listed().forEach(model -> data.add(json(model, nodes)));
        for (String id : new TreeSet<>(nodes.keySet())) {
            if (catalog.listed(id).isEmpty()) {
                data.add(json(catalog.any(id), nodes));
            }
        }
        Answers.send(response, Status.OK_200.code(), body);
    }

    private void one(ServerRequest request, ServerResponse response) {
        String id = request.path().pathParameters().get("id");
        Map<String, Integer> nodes = nodesByModel.get();
        if (catalog.listed(id).isEmpty() && !nodes.containsKey(id)) {
            Answers.send(response, notFound());
            return;
        }
        Answers.send(response, Status.OK_200.code(), json(catalog.any(id), nodes));
    }

    /// The error for a model that nobody offers.
    public static ApiError notFound() {
        return ApiError.of(
                ErrorCode.MODEL_NOT_FOUND,
                "This model is not offered; GET /v1/models lists those that are.",
                "model");
    }

    private ObjectNode json(Model model, Map<String, Integer> nodes) {
        ObjectNode json = Json.object();
        int online = nodes.getOrDefault(model.id(), 0);
        json.put("id", model.id());
        json.put("canonical_slug", model.id());
        json.put("name", model.name());
        json.put("object", "model");
        json.put("created", catalog.createdEpochSeconds());
        json.put("owned_by", "owlrun");
        json.put("context_length", model.contextLength());
        putShape(json, model);
        json.putObject("pricing")
                .put("prompt", model.price().inputUsdPerToken())
                .put("completion", model.price().outputUsdPerToken());
        json.putObject("owlrun_pricing")
                .put("per_m_input_usd", model.price().inputUsdPerMillion())
                .put("per_m_output_usd", model.price().outputUsdPerMillion());
        json.put("nodes", online);
        json.put("nodes_online", online);
        return json;
    }

    /// What OpenRouter's lists say beside: readers of those lists find it here, too.
    private static void putShape(ObjectNode json, Model model) {
        ObjectNode architecture = json.putObject("architecture");
        architecture.put("modality", "text->text");
        architecture.putArray("input_modalities").add("text");
        architecture.putArray("output_modalities").add("text");
        architecture.put("tokenizer", "Other");
        architecture.putNull("instruct_type");
        json.putObject("top_provider")
                .put("context_length", model.contextLength())
                .putNull("max_completion_tokens")
                .put("is_moderated", false);
        json.putNull("per_request_limits");
        ArrayNode parameters = json.putArray("supported_parameters");
        SUPPORTED_PARAMETERS.forEach(parameters::add);
    }
}
