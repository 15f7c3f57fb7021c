package me.owlrun.gateway.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Only what a completion may consist of passes.
final class FrameCleanerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"content":"a"}                                | {"content":"a"}
                    {"role":"system","content":"a"}                | {"content":"a"}
                    {"content":5}                                  | {}
                    {"content":""}                                 | {}
                    {"reasoning":"a","x":1}                        | {"reasoning":"a"}
                    {"reasoning_content":"a","content":null}       | {"reasoning_content":"a"}
                    "evil"                                         | {}
                    null                                           | {}
                    """)
    void clean_delta_keepsKnownFieldsOnly(String sent, String kept) {
        assertEquals(Json.parse(kept), deltaOf("{\"choices\":[{\"delta\":" + sent + "}]}"));
    }

    private static JsonNode deltaOf(String frame) {
        return assertInstanceOf(
                        NodeFrame.Piece.class, new FrameCleaner(AnswerKind.CHAT).clean(frame))
                .delta();
    }

    @Test
    void clean_severalChoices_keepsTheFirst() {
        String frame =
                """
                {"choices": [{"index": 1, "delta": {"content": "no"}},
                             {"index": 0, "delta": {"content": "a"}}]}
                """;
        assertEquals(Json.parse("{\"content\":\"a\"}"), deltaOf(frame));
    }

    @Test
    void clean_toolCalls_keepsTheirKnownFields() {
        String frame =
                """
                {"choices": [{"delta": {"tool_calls": [{"id": "c", "type": "evil", "x": 1,
                    "function": {"name": "f", "arguments": "{}", "x": 1}}]}}]}
                """;
        String kept =
                """
                {"tool_calls": [{"index": 0, "id": "c", "type": "function",
                    "function": {"name": "f", "arguments": "{}"}}]}
                """;
        assertEquals(Json.parse(kept), deltaOf(frame));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    stop       | stop
                    length     | length
                    tool_calls | tool_calls
                    error      | stop
                    evil       | stop
                    """)
    void clean_finishReason_isAKnownOne(String given, String kept) {
        String frame = "{\"choices\":[{\"delta\":{},\"finish_reason\":\"" + given + "\"}]}";
        NodeFrame.Piece piece =
                assertInstanceOf(
                        NodeFrame.Piece.class, new FrameCleaner(AnswerKind.CHAT).clean(frame));
        assertEquals(Optional.of(kept), piece.finishReason());
    }

    @Test
    void clean_framesOfOtherKinds_areNotPieces() {
        assertInstanceOf(NodeFrame.End.class, new FrameCleaner(AnswerKind.CHAT).clean("[DONE]"));
        assertInstanceOf(NodeFrame.End.class, new FrameCleaner(AnswerKind.CHAT).clean(" [DONE] "));
        assertInstanceOf(
                NodeFrame.EngineError.class,
                new FrameCleaner(AnswerKind.CHAT).clean("{\"error\":{\"message\":\"x\"}}"));
        for (String nothing :
                List.of("", "x", "[]", "7", "null", "{}", "{\"choices\":[]}", "{\"choices\":7}")) {
            assertInstanceOf(
                    NodeFrame.Nothing.class,
                    new FrameCleaner(AnswerKind.CHAT).clean(nothing),
                    nothing);
        }
        assertInstanceOf(
                NodeFrame.Nothing.class,
                new FrameCleaner(AnswerKind.CHAT)
                        .clean("{\"type\":\"cashu_change\",\"token\":\"cashuA\"}"));
        assertInstanceOf(
                NodeFrame.Nothing.class,
                new FrameCleaner(AnswerKind.CHAT)
                        .clean(
                                "{\"choices\":[],\"usage\":{\"prompt_tokens\":-1,"
                                        + "\"completion_tokens\":1}}"));
    }

    @Test
    void clean_randomBytes_neverThrows() {
        SplittableRandom random = new SplittableRandom(3);
        byte[] seed =
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\",\"tool_calls\":[{}]}}],"
                        .concat("\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}")
                        .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = seed.clone();
            for (int change = 0; change < 3; change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(32, 127);
            }
            NodeFrame frame =
                    new FrameCleaner(AnswerKind.CHAT)
                            .clean(new String(bytes, StandardCharsets.UTF_8));
            if (frame instanceof NodeFrame.Piece piece) {
                piece.delta()
                        .fieldNames()
                        .forEachRemaining(name ->
                                assertEquals(
                                        true,
                                        List.of(
                                                        "content",
                                                        "reasoning",
                                                        "reasoning_content",
                                                        "refusal",
                                                        "tool_calls")
                                                .contains(name)));
            }
        }
    }
}
