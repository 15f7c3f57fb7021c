package me.owlrun.gateway.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Frames come out the same however the bytes were cut.
final class SseParserTest {

    private static final String STREAM =
            """
            : hello\r
            \r
            data: {"a":"\u00e4\u20ac\ud83e\udd89"}\r
            \r
            event: x
            data: one
            data: two

            data:{"b":2}

            {"error":"plain"}
            data: [DONE]

            """;

    private static final List<String> EVENTS =
            List.of(
                    "{\"a\":\"\u00e4\u20ac\ud83e\udd89\"}",
                    "one\ntwo",
                    "{\"b\":2}",
                    "{\"error\":\"plain\"}",
                    "[DONE]");

    @Test
    void feed_splitAtEveryOffset_givesTheSameEvents() {
        byte[] bytes = STREAM.getBytes(StandardCharsets.UTF_8);
        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second++) {
                SseParser parser = new SseParser();
                List<String> events = new ArrayList<>();
                events.addAll(parser.feed(Arrays.copyOfRange(bytes, 0, first)));
                events.addAll(parser.feed(Arrays.copyOfRange(bytes, first, second)));
                events.addAll(parser.feed(Arrays.copyOfRange(bytes, second, bytes.length)));
                events.addAll(parser.end());
                assertEquals(EVENTS, events);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"a\":1}\n\ndata: [DONE]\n\n",
                "\uFEFFdata: {\"a\":1}\r\rdata: [DONE]\r\r",
                "data: {\"a\":1}\r\n\r\ndata: [DONE]\r\n",
                "data: {\"a\":1}\ndata: [DONE]\n",
                "id: 1\nevent: x\nretry: 5\n: c\ndata:{\"a\":1}\n\n\n\ndata\n\ndata:   [DONE]",
            })
    void feed_otherLineEndsMarksAndFields_givesTheSameEvents(String stream) {
        SseParser parser = new SseParser();
        List<String> events = new ArrayList<>();
        for (byte b : stream.getBytes(StandardCharsets.UTF_8)) {
            events.addAll(parser.feed(new byte[] {b}));
        }
        events.addAll(parser.end());
        assertEquals(List.of("{\"a\":1}", "[DONE]"), events);
    }

    @Test
    void end_withoutBlankLine_givesTheLastEvent() {
        SseParser parser = new SseParser();
        assertEquals(List.of(), parser.feed("data: {\"a\":1}".getBytes(StandardCharsets.UTF_8)));
        assertEquals(List.of("{\"a\":1}"), parser.end());
        assertEquals(List.of(), parser.end());
    }

    @Test
    void feed_anEventWithoutEnd_isStopped() {
        byte[] piece = "data: xxxxxxxxxx\n".repeat(1_000).getBytes(StandardCharsets.UTF_8);
        SseParser parser = new SseParser();
        assertThrows(
                SseParser.EventTooLargeException.class,
                () -> {
                    for (int i = 0; i < 1_000; i++) {
                        assertEquals(List.of(), parser.feed(piece));
                    }
                });
    }
}
