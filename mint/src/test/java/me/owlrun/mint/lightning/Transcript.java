package me.owlrun.mint.lightning;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a client and a node say to each other, from a file; its README tells the form.
///
/// @param note what stands behind the name
/// @param exchanges one after the other
public record Transcript(String note, List<Exchange> exchanges) {

    /// One request and its answer.
    ///
    /// @param method the HTTP method
    /// @param path path and query
    /// @param body the JSON that must be asked, forms written as JSON too; empty: none
    /// @param status the HTTP status of the answer; 0: none, the connection just ends
    /// @param directives how it is sent
    /// @param lines the lines of the answer
    public record Exchange(
            String method,
            String path,
            Optional<String> body,
            int status,
            List<String> directives,
            List<String> lines) {}

    /// All transcripts of a file, by name.
    ///
    /// @param variables what `${name}` stands for
    public static Map<String, Transcript> read(String resource, Map<String, String> variables) {
        String text = text(resource);
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            text = text.replace("${" + variable.getKey() + "}", variable.getValue());
        }
        if (text.contains("${")) {
            throw new AssertionError("unknown variable: " + text.substring(text.indexOf("${")));
        }
        Map<String, Transcript> transcripts = new LinkedHashMap<>();
        for (String section : text.split("(?m)^== ", -1)) {
            List<String> lines = section.lines().filter(line -> !line.startsWith("#")).toList();
            if (!lines.isEmpty() && !section.startsWith("#")) {
                String[] head = lines.getFirst().split(" ", 2);
                String note = head.length > 1 ? head[1] : "";
                transcripts.put(head[0], new Transcript(note, exchanges(lines)));
            }
        }
        return transcripts;
    }

    private static String text(String resource) {
        try (InputStream in = Transcript.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new AssertionError("no resource " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Exchange> exchanges(List<String> lines) {
        List<Exchange> exchanges = new ArrayList<>();
        List<String> current = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            boolean begins = line.startsWith("> GET ") || line.startsWith("> POST ");
            if (begins && !current.isEmpty()) {
                exchanges.add(exchange(current));
                current = new ArrayList<>();
            }
            if (!line.isBlank()) {
                current.add(line);
            }
        }
        if (!current.isEmpty()) {
            exchanges.add(exchange(current));
        }
        return exchanges;
    }

    private static Exchange exchange(List<String> lines) {
        String[] request = lines.getFirst().substring(2).split(" ", -1);
        StringBuilder body = new StringBuilder();
        List<String> answer = new ArrayList<>();
        List<String> directives = new ArrayList<>();
        int status = 0;
        for (String line : lines.subList(1, lines.size())) {
            String rest = line.substring(2);
            if (line.startsWith("> ")) {
                body.append(rest);
            } else if (rest.startsWith("~")) {
                directives.add(rest.substring(1));
            } else if (status == 0) {
                status = Integer.parseInt(rest);
            } else {
                answer.add(rest);
            }
        }
        Optional<String> asked = body.isEmpty() ? Optional.empty() : Optional.of(body.toString());
        return new Exchange(request[0], request[1], asked, status, directives, answer);
    }
}
