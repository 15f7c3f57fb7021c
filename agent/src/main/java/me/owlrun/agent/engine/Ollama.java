package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.wire.Json;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Ollama's own routes, for looking after its models. Jobs do not go this way. Every call may fail
/// with an `IOException` whose message says why.
public final class Ollama implements AutoCloseable {
    private static final Duration LOAD_LIMIT = Duration.ofMinutes(5);
    private static final Duration PULL_SILENCE = Duration.ofMinutes(5);

    private final OpenAiCalls calls;
    private final EngineLimits limits;

    /// @param base where it listens
    public Ollama(URI base, EngineLimits limits) {
        this.calls = new OpenAiCalls(base, limits);
        this.limits = limits;
    }

    /// A model on its disk.
    public record Installed(String tag, long bytes) {}

    /// A model in its memory.
    ///
    /// @param bytes what it takes in all
    /// @param vramBytes what of it is in video memory
    /// @param contextTokens the context window it runs with, 0 if unknown
    public record Loaded(String tag, long bytes, long vramBytes, int contextTokens) {
        /// Whether a part of it runs on the processor for want of video memory.
        public boolean spills() {
            return vramBytes > 0 && vramBytes < bytes;
        }
    }

    /// How far a download is.
    ///
    /// @param status Ollama's word for it
    /// @param completed octets of all parts that are here
    /// @param total octets of all parts known so far
    public record Progress(String status, long completed, long total) {}

    /// What is on its disk; models that would run in someone's cloud are not listed.
    public List<Installed> installed() throws IOException, InterruptedException {
        ObjectNode tags = calls.get("/api/tags");
        List<String> local =
                OllamaModels.LISTING.read().apply(tags).stream()
                        .map(Engine.ServedModel::id)
                        .toList();
        List<Installed> installed = new ArrayList<>();
        for (JsonNode model : tags.path("models")) {
            String tag = model.path("name").asText("");
            if (local.contains(tag)) {
                installed.add(new Installed(tag, model.path("size").asLong(0)));
            }
        }
        return installed;
    }

    /// What is in its memory.
    public List<Loaded> loaded() throws IOException, InterruptedException {
        List<Loaded> loaded = new ArrayList<>();
        for (JsonNode model : calls.get("/api/ps").path("models")) {
            loaded.add(
                    new Loaded(
                            model.path("name").asText(""),
                            model.path("size").asLong(0),
                            model.path("size_vram").asLong(0),
                            model.path("context_length").asInt(0)));
        }
        return loaded;
    }

    /// Loads a model as a job would, without options of its own: other options than the jobs' would
    /// make Ollama load it anew with each of them.
    ///
    /// @param keep how long it stays loaded without a job
    public void load(String tag, Duration keep) throws IOException, InterruptedException {
        generate(tag, keep);
    }

    /// Takes a model out of memory now.
    public void unload(String tag) throws IOException, InterruptedException {
        generate(tag, Duration.ZERO);
    }

    /// Downloads a model; what was downloaded before goes on where it stopped. Interrupting ends
    /// it.
    ///
    /// @param taker hears how far it is
    public void pull(String tag, Consumer<Progress> taker)
            throws IOException, InterruptedException {
        Map<String, Long> totals = new HashMap<>();
        Map<String, Long> completed = new HashMap<>();
        AtomicReference<Optional<String>> last = new AtomicReference<>(Optional.empty());
        AtomicReference<Optional<String>> error = new AtomicReference<>(Optional.empty());
        ObjectNode ask = Json.object().put("model", tag).put("stream", true);
        calls.lines(
                "POST",
                "/api/pull",
                ask,
                PULL_SILENCE,
                line -> {
                    String status = line.path("status").asText("");
                    last.set(Optional.of(status));
                    if (line.hasNonNull("error")) {
                        error.set(Optional.of(line.path("error").asText()));
                    }
                    if (line.hasNonNull("digest")) {
                        String digest = line.path("digest").asText();
                        totals.put(digest, line.path("total").asLong(0));
                        completed.put(digest, line.path("completed").asLong(0));
                    }
                    taker.accept(new Progress(status, sum(completed), sum(totals)));
                });
        Optional<String> failure = error.get();
        if (failure != null && failure.isPresent()) {
            throw new IOException(failure.get());
        }
        if (!Optional.of("success").equals(last.get())) {
            throw new IOException("the download broke off");
        }
    }

    /// Deletes a model from its disk.
    public void delete(String tag) throws IOException, InterruptedException {
        ObjectNode ask = Json.object().put("model", tag);
        calls.lines("DELETE", "/api/delete", ask, limits.models(), _ -> {});
    }

    @Override
    public void close() {
        calls.close();
    }

    private void generate(String tag, Duration keep) throws IOException, InterruptedException {
        ObjectNode ask = Json.object().put("model", tag).put("stream", false);
        if (keep.isZero()) {
            ask.put("keep_alive", 0);
        } else {
            ask.put("keep_alive", keep.toSeconds() + "s");
        }
        calls.lines("POST", "/api/generate", ask, LOAD_LIMIT, _ -> {});
    }

    private static long sum(Map<String, Long> parts) {
        return parts.values().stream().mapToLong(Long::longValue).sum();
    }
}
