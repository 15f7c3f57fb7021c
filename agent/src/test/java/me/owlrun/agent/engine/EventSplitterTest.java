package me.owlrun.agent.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Wherever the network cuts a stream, the same whole events come out, octet by octet.
final class EventSplitterTest {
    private static final List<String> EVENTS =
            List.of(
                    "data: {\"a\":\"ü🦉\"}\n\n",
                    ": comment 🦉\n\n",
                    "data: one\r\ndata: two\r\n\r\n",
                    "data: odd\r\r",
                    "\n",
                    "data: mixed\r\n\n",
                    "data: mixed too\n\r\n",
                    "event: x\nid: 7\ndata: [DONE]\n\n");

    @Test
    void feed_cutAtEveryOctet_givesTheSameEvents() throws IOException {
        byte[] stream = stream(EVENTS);
        List<String> whole = split(stream, List.of(stream.length));
        assertEquals(latin(stream), String.join("", whole));
        for (int first = 0; first <= stream.length; first++) {
            for (int second = first; second <= stream.length; second++) {
                assertEquals(whole, split(stream, List.of(first, second, stream.length)));
            }
        }
    }

    @Test
    void feed_octetByOctet_givesTheSameEvents() throws IOException {
        byte[] stream = stream(EVENTS);
        List<Integer> everywhere = new ArrayList<>();
        for (int cut = 1; cut <= stream.length; cut++) {
            everywhere.add(cut);
        }
        assertEquals(split(stream, List.of(stream.length)), split(stream, everywhere));
    }

    @Test
    void feed_lineFeedEvents_comeOutAtOnce() throws IOException {
        EventSplitter splitter = new EventSplitter();
        assertEquals(1, splitter.feed("data: a\n\n".getBytes(StandardCharsets.UTF_8)).size());
        assertEquals(1, splitter.feed("data: b\r\n\r\n".getBytes(StandardCharsets.UTF_8)).size());
        assertEquals(0, splitter.feed("data: c\n".getBytes(StandardCharsets.UTF_8)).size());
        assertEquals(1, splitter.feed("\n".getBytes(StandardCharsets.UTF_8)).size());
        assertEquals(0, splitter.rest().length);
    }

    @Test
    void feed_randomStreams_loseAndAddNothing() throws IOException {
        Random random = new Random(20261121);
        byte[] alphabet = "\r\n\nd:x\u00fc".getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 2_000; round++) {
            byte[] stream = new byte[random.nextInt(60)];
            for (int index = 0; index < stream.length; index++) {
                stream[index] = alphabet[random.nextInt(alphabet.length)];
            }
            List<Integer> cuts = new ArrayList<>();
            for (int cut = 0; cut < stream.length; cut += 1 + random.nextInt(9)) {
                cuts.add(cut);
            }
            cuts.add(stream.length);
            List<String> whole = split(stream, List.of(stream.length));
            assertEquals(whole, split(stream, cuts), () -> Arrays.toString(stream));
            assertEquals(latin(stream), String.join("", whole));
        }
    }

    @Test
    void feed_eventLongerThanTheLimit_isRefused() {
        EventSplitter splitter = new EventSplitter();
        byte[] endless = new byte[EventSplitter.EVENT_BYTES_MAX + 1];
        Arrays.fill(endless, (byte) 'x');
        assertThrows(EventSplitter.TooLongException.class, () -> splitter.feed(endless));
    }

    private static List<String> split(byte[] stream, List<Integer> cuts) throws IOException {
        EventSplitter splitter = new EventSplitter();
        List<String> events = new ArrayList<>();
        int from = 0;
        for (int cut : cuts) {
            for (byte[] event : splitter.feed(Arrays.copyOfRange(stream, from, cut))) {
                events.add(latin(event));
            }
            from = cut;
        }
        byte[] rest = splitter.rest();
        if (rest.length > 0) {
            events.add(latin(rest));
        }
        return events;
    }

    private static byte[] stream(List<String> events) {
        return String.join("", events).getBytes(StandardCharsets.UTF_8);
    }

    /// One character for each octet, so that texts compare as octets do.
    private static String latin(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}
