package me.owlrun.gateway.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.Secret;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.Fields;
import me.owlrun.gateway.job.Task;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Reads what an owner wants of a cloud node: all of a new one, or what shall change.
final class CloudRequest {

    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}\\p{Cs}]{0,64}");
    private static final Pattern URL = Pattern.compile("[\\x21-\\x7e]{1,512}");
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,1024}");
    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}");
    private static final Pattern UPSTREAM = Pattern.compile("[\\x21-\\x7e]{1,200}");
    private static final int MODELS_MAX = 200;

    private final ObjectNode body;
    private final Fields fields;
    private final Function<URI, Optional<String>> refusal;

    /// @param refusal why an address cannot be asked, as far as its form tells
    CloudRequest(ObjectNode body, Function<URI, Optional<String>> refusal) {
        this.body = body;
        this.fields = new Fields(body);
        this.refusal = refusal;
    }

    /// The first thing that is wrong; ask this last.
    Optional<ApiError> error() {
        return fields.error();
    }

    /// The token, if one is given.
    Optional<Secret> token() {
        return fields.text("api_token", TOKEN, "the provider's token, without spaces")
                .map(Secret::new);
    }

    /// A new node.
    ///
    /// @param blank who it is; all else is taken from the request
    CloudNode fresh(CloudNode blank) {
        if (!body.hasNonNull("base_url")) {
            fields.wrong("base_url", "where the provider's API begins");
        }
        if (!body.hasNonNull("api_token")) {
            fields.wrong("api_token", "the provider's token");
        }
        if (!body.hasNonNull("models")) {
            fields.wrong("models", "a list of model tags");
        }
        return change(blank);
    }

    /// A node with what the request changes; what it does not name stays.
    CloudNode change(CloudNode before) {
        URI baseUrl = baseUrl().orElse(before.baseUrl());
        if (!baseUrl.equals(before.baseUrl()) && !body.hasNonNull("api_token")) {
            fields.wrong("api_token", "given again with another base_url");
        }
        List<String> models = models().orElse(before.models());
        boolean paused = fields.flag("paused").orElse(before.paused());
        return new CloudNode(
                before.identity(),
                fields.text("name", NAME, "a text of up to 64 characters").orElse(before.name()),
                baseUrl,
                models,
                upstream(models, before.upstream()),
                tasks().orElse(before.tasks()),
                (int)
                        fields.number("capacity", 1, CloudNode.CAPACITY_MAX)
                                .orElse(before.capacity()),
                paused,
                paused ? before.problem() : "",
                before.version(),
                before.createdAt());
    }

    private Optional<URI> baseUrl() {
        Optional<String> text =
                fields.text("base_url", URL, "an https address of up to 512 characters");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(text.get().replaceFirst("/+$", ""));
            Optional<String> why =
                    uri.getRawQuery() != null || uri.getRawFragment() != null
                            ? Optional.of("nothing behind the path")
                            : refusal.apply(uri);
            why.ifPresent(
                    reason -> fields.wrong("base_url", "where a public server is: " + reason));
            return Optional.of(uri);
        } catch (URISyntaxException e) {
            fields.wrong("base_url", "an https address");
            return Optional.empty();
        }
    }

    private Optional<List<String>> models() {
        return texts("models", MODEL, 1, MODELS_MAX, "a list of 1 to 200 different model tags");
    }

    private Optional<Set<Task>> tasks() {
        Optional<List<String>> names =
                texts("tasks", Pattern.compile("[a-z]+"), 1, 3, "of chat, completion, embedding");
        Optional<Set<Task>> tasks = names.map(Task::named);
        if (tasks.isPresent() && tasks.get().size() != names.get().size()) {
            fields.wrong("tasks", "of chat, completion, embedding");
        }
        return tasks;
    }

    private Optional<List<String>> texts(
            String field, Pattern form, int min, int max, String allowed) {
        JsonNode list = body.path(field);
        if (list.isMissingNode() || list.isNull()) {
            return Optional.empty();
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode entry : list) {
            if (entry.isTextual() && form.matcher(entry.textValue()).matches()) {
                texts.add(entry.textValue());
            }
        }
        boolean distinct = texts.stream().distinct().count() == list.size();
        if (!list.isArray() || !distinct || texts.size() < min || texts.size() > max) {
            fields.wrong(field, allowed);
            return Optional.empty();
        }
        return Optional.of(List.copyOf(texts));
    }

    /// The provider's name of each model: as the request says, as before, or the same as ours.
    private Map<String, String> upstream(List<String> models, Map<String, String> before) {
        JsonNode map = body.path("model_map");
        boolean given = map.isObject();
        if (!given && !map.isMissingNode() && !map.isNull()) {
            fields.wrong("model_map", "an object of our model tags and the provider's");
        }
        Map<String, String> all = new LinkedHashMap<>();
        for (String model : models) {
            all.put(model, given ? model : before.getOrDefault(model, model));
        }
        if (given) {
            map.properties().forEach(each -> put(all, each.getKey(), each.getValue()));
        }
        return all;
    }

    private void put(Map<String, String> all, String model, JsonNode name) {
        if (!all.containsKey(model)
                || !name.isTextual()
                || !UPSTREAM.matcher(name.textValue()).matches()) {
            fields.wrong("model_map", "the provider's names of models that 'models' has");
            return;
        }
        all.put(model, name.textValue());
    }
}
