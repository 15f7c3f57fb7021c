package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.util.ArrayList;
import java.util.List;

/// Reads the bytes of one node's answer into clean frames. Not thread-safe.
final class AnswerReader implements FrameReader {

    private final SseParser parser = new SseParser();
    private final AnswerKind kind;

    AnswerReader(AnswerKind kind) {
        this.kind = kind;
    }

    @Override
    public List<NodeFrame> feed(byte[] bytes) {
        return frames(parser.feed(bytes));
    }

    @Override
    public List<NodeFrame> end() {
        return frames(parser.end());
    }

    private List<NodeFrame> frames(List<String> events) {
        List<NodeFrame> frames = new ArrayList<>(events.size());
        events.forEach(data -> frames.add(FrameCleaner.clean(asChat(data))));
        return frames;
    }

    /// A plain completion's frame with its text where a chat has it.
    private String asChat(String data) {
        if (kind == AnswerKind.CHAT || !data.stripLeading().startsWith("{")) {
            return data;
        }
        try {
            ObjectNode frame = Json.parseObject(data);
            for (JsonNode choice : frame.path("choices")) {
                if (choice instanceof ObjectNode object && choice.path("text").isTextual()) {
                    object.putObject("delta").put("content", choice.path("text").textValue());
                }
            }
            return Json.text(frame);
        } catch (InvalidJsonException e) {
            return data;
        }
    }
}
