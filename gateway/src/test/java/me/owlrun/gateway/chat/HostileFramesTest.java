package me.owlrun.gateway.chat;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Ten thousand hostile answers: whatever comes out can be written, read again, and has no field
/// outside the lists.
final class HostileFramesTest {

    private static final int SEEDS = 10_000;

    private static final Set<String> DELTA =
            Set.of("content", "reasoning", "reasoning_content", "refusal", "tool_calls");

    /// Which fields an object may hold, by the field it stands in.
    private static final Map<String, Set<String>> FIELDS =
            Map.of(
                    "delta", DELTA,
                    "tool_calls", Set.of("index", "id", "type", "function"),
                    "function", Set.of("name", "arguments"),
                    "logprobs", Set.of("content", "refusal"),
                    "content", Set.of("token", "logprob", "bytes", "top_logprobs"),
                    "refusal", Set.of("token", "logprob", "bytes", "top_logprobs"),
                    "top_logprobs", Set.of("token", "logprob", "bytes"));

    private static List<NodeFrame> read(byte[] stream, long seed) {
        AnswerReader reader = new AnswerReader(AnswerKind.CHAT);
        List<NodeFrame> frames = new ArrayList<>();
        HostileStreams.cut(stream, seed).forEach(piece -> frames.addAll(reader.feed(piece)));
        frames.addAll(reader.end());
        return frames;
    }

    @Test
    void frames_ofHostileAnswers_areWellFormedAndKnown() {
        int pieces = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            for (NodeFrame frame : read(HostileStreams.make(seed), seed)) {
                if (frame instanceof NodeFrame.Piece piece) {
                    pieces++;
                    check(piece, seed);
                }
            }
        }
        assertTrue(pieces > SEEDS, "only " + pieces + " pieces");
    }

    private static void check(NodeFrame.Piece piece, long seed) {
        ObjectNode chunk = Json.object();
        chunk.set("delta", piece.delta());
        piece.logprobs().ifPresent(logprobs -> chunk.set("logprobs", logprobs));
        byte[] written = Json.bytes(chunk);
        assertDoesNotThrow(
                () -> StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(written)),
                "seed " + seed);
        for (byte b : written) {
            assertFalse(b == '\n' || b == '\r', "seed " + seed);
        }
        JsonNode again = Json.parse(written);
        assertKnown("delta", again.path("delta"), seed);
        assertKnown("logprobs", again.path("logprobs"), seed);
        assertEquals(piece.hasContent(), !piece.text().isEmpty(), "seed " + seed);
        again.at("/delta/tool_calls")
                .forEach(call -> {
                    assertTrue(call.path("index").isInt(), "seed " + seed);
                    assertTrue(call.path("index").intValue() < 128, "seed " + seed);
                });
    }

    private static void assertKnown(String place, JsonNode node, long seed) {
        if (node.isArray()) {
            node.forEach(item -> assertKnown(place, item, seed));
        } else if (node.isObject()) {
            Set<String> known = FIELDS.getOrDefault(place, Set.of());
            node.properties()
                    .forEach(field -> {
                        assertTrue(
                                known.contains(field.getKey()),
                                "seed " + seed + ": " + field.getKey() + " in " + place);
                        assertKnown(field.getKey(), field.getValue(), seed);
                    });
        }
    }

    @Test
    void frames_cutAnywhere_areTheSame() {
        for (long seed = 0; seed < 300; seed++) {
            byte[] stream = HostileStreams.make(seed);
            String whole = describe(read(stream, 1));
            for (long cut = 2; cut < 6; cut++) {
                assertEquals(whole, describe(read(stream, cut)), "seed " + seed);
            }
        }
    }

    private static String describe(List<NodeFrame> frames) {
        StringBuilder text = new StringBuilder();
        for (NodeFrame frame : frames) {
            text.append(frame.getClass().getSimpleName());
            if (frame instanceof NodeFrame.Piece piece) {
                text.append(piece.delta()).append(piece.finishReason()).append(piece.usage());
            }
        }
        return text.toString();
    }

    @Test
    void frame_nestedAMillionDeep_isNothing() {
        FrameCleaner cleaner = new FrameCleaner(AnswerKind.CHAT);
        assertInstanceOf(NodeFrame.Nothing.class, cleaner.clean("[".repeat(1_000_000)));
        assertInstanceOf(
                NodeFrame.Nothing.class, cleaner.clean("{\"choices\":[".repeat(1_000_000)));
    }

    @Test
    void frame_withHalfACharacter_isMended() {
        NodeFrame.Piece piece =
                assertInstanceOf(
                        NodeFrame.Piece.class,
                        new FrameCleaner(AnswerKind.CHAT)
                                .clean(
                                        "{\"choices\":[{\"delta\":{\"content\":"
                                                + "\"a\\ud83e\\ud83e\\udd89\\udd89\"}}]}"));
        assertEquals("a\uFFFD🦉\uFFFD", piece.delta().path("content").asText());
        assertEquals(1 + 3 + 4 + 3, piece.contentBytes());
    }
}
