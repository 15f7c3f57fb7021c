package me.owlrun.gateway.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Optional;
import java.util.OptionalLong;

/// Ollama's own lines become OpenAI's frames, for both kinds of answers.
final class OllamaFramesTest {

    private final FrameCleaner chat = new FrameCleaner(AnswerKind.CHAT);

    private NodeFrame.Piece piece(String line) {
        return assertInstanceOf(NodeFrame.Piece.class, chat.clean(line));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"message":{"content":"a"},"done":false}                | {"content":"a"}
                    {"message":{"content":"","thinking":"b"},"done":false}  | {"reasoning":"b"}
                    {"response":"a","done":false}                           | {"content":"a"}
                    {"response":"","thinking":"b","done":false}             | {"reasoning":"b"}
                    {"message":{"content":5,"evil":1},"done":false}         | {}
                    """)
    void clean_line_becomesADelta(String line, String delta) {
        assertEquals(Json.parse(delta), piece(line).delta());
    }

    @ParameterizedTest
    @CsvSource({"stop,stop", "length,length", "evil,stop"})
    void clean_lastLine_endsTheAnswerAndCounts(String reason, String finish) {
        NodeFrame.Piece piece =
                piece(
                        "{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"%s\","
                                        .formatted(reason)
                                + "\"prompt_eval_count\":26,\"eval_count\":298}");
        assertEquals(Optional.of(finish), piece.finishReason());
        assertEquals(
                Optional.of(new NodeFrame.Report(OptionalLong.of(26), OptionalLong.of(298))),
                piece.usage());
    }

    @Test
    void clean_lastLineOfACachedPrompt_leavesItsCountOpen() {
        NodeFrame.Piece piece = piece("{\"response\":\"\",\"done\":true,\"eval_count\":3}");
        assertEquals(Optional.of("stop"), piece.finishReason());
        assertEquals(
                Optional.of(new NodeFrame.Report(OptionalLong.empty(), OptionalLong.of(3))),
                piece.usage());
    }

    @Test
    void clean_modelThatWasOnlyLoaded_isNoAnswer() {
        NodeFrame.Piece piece = piece("{\"response\":\"\",\"done\":true,\"done_reason\":\"load\"}");
        assertEquals(Optional.empty(), piece.finishReason());
        assertTrue(piece.usage().isEmpty());
    }

    @Test
    void clean_toolCalls_areNumberedOverTheAnswer() {
        String line =
                "{\"message\":{\"content\":\"\",\"tool_calls\":[{\"function\":"
                        + "{\"name\":\"f\",\"arguments\":{\"city\":\"Köln\"}}}]},\"done\":false}";
        var first = piece(line).delta().at("/tool_calls/0");
        var second = piece(line).delta().at("/tool_calls/0");
        assertEquals(0, first.path("index").asInt());
        assertEquals(1, second.path("index").asInt());
        assertEquals("function", first.path("type").asText());
        assertEquals("{\"city\":\"Köln\"}", first.at("/function/arguments").asText());
        assertTrue(first.path("id").asText().startsWith("call_"));
        assertNotEquals(first.path("id"), second.path("id"));
        NodeFrame.Piece end = piece("{\"done\":true,\"done_reason\":\"stop\",\"eval_count\":9}");
        assertEquals(Optional.of("tool_calls"), end.finishReason());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"choices":[{"index":0,"text":"a","evil":1}]}           | {"text":"a"}
                    {"response":"a","done":false}                           | {"text":"a"}
                    {"choices":[{"index":0,"delta":{"content":"a"}}]}       | {"text":"a"}
                    {"choices":[{"index":0,"message":{"content":"a"}}]}     | {"text":"a"}
                    {"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}    | {}
                    """)
    void clean_forACompletion_becomesText(String frame, String delta) {
        NodeFrame.Piece piece =
                assertInstanceOf(
                        NodeFrame.Piece.class,
                        new FrameCleaner(AnswerKind.COMPLETION).clean(frame));
        assertEquals(Json.parse(delta), piece.delta());
    }

    @Test
    void clean_logprobsOfACompletion_keepsKnownFields() {
        NodeFrame.Piece piece =
                assertInstanceOf(
                        NodeFrame.Piece.class,
                        new FrameCleaner(AnswerKind.COMPLETION)
                                .clean(
                                        "{\"choices\":[{\"text\":\"ab\",\"logprobs\":{\"tokens\":"
                                                + "[\"a\",\"b\"],\"token_logprobs\":[null,-1],"
                                                + "\"evil\":1}}]}"));
        assertEquals(
                Optional.of(Json.parse("{\"tokens\":[\"a\",\"b\"],\"token_logprobs\":[null,-1]}")),
                piece.logprobs());
    }
}
