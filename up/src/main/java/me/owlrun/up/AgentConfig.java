package me.owlrun.up;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The config file of the one local node: made at the first start, after that only the lines that
/// follow from the command line are set anew, so that an operator's own changes stay.
final class AgentConfig {

    private AgentConfig() {}

    static Path write(Options options, String engine) {
        Path file = options.data().resolve("agent").resolve("owlrun.conf");
        Map<String, String> marketplace = new LinkedHashMap<>();
        marketplace.put("gateway", options.gatewayUrl());
        marketplace.put("region", "local");
        Map<String, String> inference = new LinkedHashMap<>();
        if (engine.startsWith("http")) {
            inference.put("engine", "openai");
            inference.put("engine_url", URI.create(engine).toString());
        } else {
            inference.put("engine", engine);
        }
        Map<String, Map<String, String>> sections = new LinkedHashMap<>();
        sections.put("marketplace", marketplace);
        sections.put("inference", inference);
        sections.put("idle", Map.of("job_mode", "always"));
        try {
            Files.createDirectories(file.getParent());
            List<String> before = Files.exists(file) ? Files.readAllLines(file) : List.of();
            if (before.isEmpty()) {
                Files.createFile(
                        file,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
            }
            Files.write(file, set(before, sections));
            return file;
        } catch (IOException e) {
            throw new UpException("The file " + file + " cannot be written.", e);
        }
    }

    /// Sets keys in their sections and keeps every other line.
    static List<String> set(List<String> lines, Map<String, Map<String, String>> sections) {
        Map<String, Map<String, String>> open = new LinkedHashMap<>();
        sections.forEach((name, keys) -> open.put(name, new LinkedHashMap<>(keys)));
        List<String> result = new ArrayList<>();
        Map<String, String> current = new LinkedHashMap<>();
        for (String line : lines) {
            String stripped = line.strip();
            if (stripped.startsWith("[") && stripped.contains("]")) {
                current.forEach((key, value) -> result.add(key + " = " + value));
                current.clear();
                String name = stripped.substring(1, stripped.indexOf(']'));
                current = open.getOrDefault(name, new LinkedHashMap<>());
            }
            int equals = stripped.indexOf('=');
            String key = equals < 0 ? "" : stripped.substring(0, equals).strip();
            String value = current.remove(key);
            result.add(value == null ? line : key + " = " + value);
        }
        current.forEach((key, value) -> result.add(key + " = " + value));
        current.clear();
        open.forEach((name, keys) -> {
            if (!keys.isEmpty()) {
                result.add("[" + name + "]");
                keys.forEach((key, value) -> result.add(key + " = " + value));
            }
        });
        return result;
    }
}
