package me.owlrun.gateway.trust;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.config.ConfigException;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The digests that models are known by. A model that is not listed says nothing, and neither does
/// a node that tells no digests.
///
/// @param known by model
record Digests(Map<String, Set<String>> known) {

    static final Digests NONE = new Digests(Map.of());
    private static final String PREFIX = "sha256:";

    /// Reads a file such as `{"qwen2.5:0.5b": ["a8b0c5…"]}`.
    ///
    /// @throws ConfigException when it cannot be read
    static Digests read(Path file) {
        try {
            Map<String, Set<String>> known = new HashMap<>();
            for (Map.Entry<String, JsonNode> model :
                    Json.parseObject(Files.readAllBytes(file)).properties()) {
                Set<String> digests = new LinkedHashSet<>();
                model.getValue().forEach(digest -> digests.add(plain(digest.asText())));
                known.put(model.getKey(), Set.copyOf(digests));
            }
            return new Digests(Map.copyOf(known));
        } catch (IOException | InvalidJsonException e) {
            throw new ConfigException(
                    List.of(
                            "The digests '%s' cannot be read (%s); mend the file or leave out"
                                            .formatted(file, e.getMessage())
                                    + " --trust.digests.file."));
        }
    }

    private static String plain(String digest) {
        String lower = digest.strip().toLowerCase(Locale.ROOT);
        return lower.startsWith(PREFIX) ? lower.substring(PREFIX.length()) : lower;
    }

    /// Whether a digest is not that of the model. The short form that engines print is enough.
    boolean contradict(String model, String digest) {
        Set<String> right = known.getOrDefault(model, Set.of());
        String told = plain(digest);
        return !right.isEmpty()
                && !told.isEmpty()
                && right.stream().noneMatch(whole -> whole.startsWith(told));
    }
}
