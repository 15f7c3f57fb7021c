package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.wire.Json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A sink that keeps all it is given, and reads it as an OpenAI client would.
final class Collected implements Engine.Sink {
    private final List<byte[]> pieces = new ArrayList<>();

    @Override
    public void take(List<byte[]> more) {
        pieces.addAll(more);
    }

    List<byte[]> pieces() {
        return pieces;
    }

    String text() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEach(all::writeBytes);
        return all.toString(StandardCharsets.UTF_8);
    }

    /// The contents of all chunks joined.
    String content() {
        StringBuilder content = new StringBuilder();
        for (ObjectNode chunk : chunks()) {
            JsonNode text = chunk.at("/choices/0/delta/content");
            content.append(text.isTextual() ? text.asText() : "");
        }
        return content.toString();
    }

    /// The one finish reason that is not null.
    String finishReason() {
        return chunks().stream()
                .map(chunk -> chunk.at("/choices/0/finish_reason"))
                .filter(reason -> reason.isTextual())
                .map(reason -> reason.asText())
                .findFirst()
                .orElse("none");
    }

    ObjectNode document() {
        return Json.readObject(text()).orElseThrow();
    }

    List<ObjectNode> chunks() {
        return text().lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> Json.readObject(line.substring(6)).orElseThrow())
                .toList();
    }
}
