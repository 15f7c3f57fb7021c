package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
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
import me.owlrun.gateway.market.Catalog;
import me.owlrun.gateway.market.Model;
import me.owlrun.gateway.market.ModelsRoutes;
import me.owlrun.hash.Sha256;
import me.owlrun.http.HttpBody;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/// What Ollama's clients ask beside work: which models are there (those that a node serves now),
/// what one can do, and the version of the API.
final class OllamaRoutes implements HttpService {

    /// The version of Ollama's API that these routes follow.
    private static final String VERSION = "0.12.0";

    private static final int BODY_BYTES_MAX = 65_536;

    private final Catalog catalog;
    private final Supplier<Map<String, Integer>> nodesByModel;

    /// @param nodesByModel how many nodes serve each model now
    OllamaRoutes(Catalog catalog, Supplier<Map<String, Integer>> nodesByModel) {
        this.catalog = catalog;
        this.nodesByModel = nodesByModel;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(rules, "/api/version", OllamaRoutes::version);
        Answers.get(rules, "/api/tags", this::tags);
        Answers.get(rules, "/api/ps", this::running);
        Answers.post(rules, "/api/show", this::show);
    }

    private static void version(ServerRequest request, ServerResponse response) {
        Answers.send(response, Status.OK_200.code(), Json.object().put("version", VERSION));
    }

    private void tags(ServerRequest request, ServerResponse response) {
        ObjectNode body = Json.object();
        ArrayNode models = body.putArray("models");
        for (String id : new TreeSet<>(nodesByModel.get().keySet())) {
            models.add(tag(id).put("modified_at", created().toString()));
        }
        Answers.send(response, Status.OK_200.code(), body);
    }

    private void running(ServerRequest request, ServerResponse response) {
        ObjectNode body = Json.object();
        ArrayNode models = body.putArray("models");
        for (String id : new TreeSet<>(nodesByModel.get().keySet())) {
            ObjectNode model = tag(id);
            model.put("expires_at", created().toString());
            model.put("size_vram", 0);
            model.put("context_length", catalog.any(id).contextLength());
            models.add(model);
        }
        Answers.send(response, Status.OK_200.code(), body);
    }

    private Instant created() {
        return Instant.ofEpochSecond(catalog.createdEpochSeconds());
    }

    private static ObjectNode tag(String id) {
        ObjectNode json = Json.object();
        json.put("name", id);
        json.put("model", id);
        json.put("size", 0);
        json.put("digest", HexFormat.of().formatHex(Sha256.of(id)));
        json.set("details", details(id));
        return json;
    }

    private static ObjectNode details(String id) {
        int colon = id.indexOf(':');
        String family = colon < 0 ? id : id.substring(0, colon);
        ObjectNode json = Json.object();
        json.put("parent_model", "");
        json.put("format", "gguf");
        json.put("family", family);
        json.putArray("families").add(family);
        json.put(
                "parameter_size",
                colon < 0 ? "" : id.substring(colon + 1).toUpperCase(Locale.ROOT));
        json.put("quantization_level", "");
        return json;
    }

    private void show(ServerRequest request, ServerResponse response) {
        Optional<byte[]> body = HttpBody.read(request, BODY_BYTES_MAX);
        if (body.isEmpty()) {
            Answers.send(
                    response,
                    ApiError.of(ErrorCode.BODY_TOO_LARGE, "This request has at most 64 KiB."));
            return;
        }
        Optional<String> id = model(body.get());
        if (id.isEmpty()) {
            ApiError wrong =
                    ApiError.of(
                            ErrorCode.INVALID_REQUEST,
                            "Send {\"model\": …} with the name of a model.",
                            "model");
            Answers.send(response, wrong);
            return;
        }
        if (catalog.listed(id.get()).isEmpty() && !nodesByModel.get().containsKey(id.get())) {
            ApiError missing = ModelsRoutes.notFound();
            Answers.send(response, missing);
            return;
        }
        Answers.send(response, Status.OK_200.code(), shown(catalog.any(id.get())));
    }

    private static Optional<String> model(byte[] body) {
        try {
            ObjectNode json = Json.parseObject(body);
            JsonNode model = json.path(json.has("model") ? "model" : "name");
            return model.isTextual() ? Optional.of(model.textValue()) : Optional.empty();
        } catch (InvalidJsonException e) {
            return Optional.empty();
        }
    }

    private ObjectNode shown(Model model) {
        ObjectNode json = Json.object();
        json.put("license", "");
        json.put("modelfile", "");
        json.put("parameters", "");
        json.put("template", "");
        json.set("details", details(model.id()));
        json.putObject("model_info")
                .put("general.architecture", "llama")
                .put("llama.context_length", model.contextLength());
        json.putArray("capabilities").add("completion").add("tools");
        json.put("modified_at", created().toString());
        json.putObject("pricing")
                .put("prompt", model.price().inputUsdPerToken())
                .put("completion", model.price().outputUsdPerToken());
        return json;
    }
}
