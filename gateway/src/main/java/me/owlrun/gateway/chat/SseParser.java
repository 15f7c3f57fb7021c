package me.owlrun.gateway.chat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Cuts a node's bytes into the data of server-sent events, wherever the pieces were split; lines
/// end with LF or CRLF. A line that is plain JSON counts as an event of its own, because engines
/// send errors so. Not thread-safe.
final class SseParser {

    /// Bytes that one event may have.
    static final int EVENT_BYTES_MAX = 1_048_576;

    private static final String DATA = "data:";
    private static final int FIRST_CAPACITY = 1_024;

    private byte[] line = new byte[FIRST_CAPACITY];
    private int lineLength;
    private final StringBuilder data = new StringBuilder();
    private boolean hasData;

    /// Says that a node sent an event that is too large.
    static final class EventTooLargeException extends RuntimeException {
        EventTooLargeException() {
            super("an event has more than " + EVENT_BYTES_MAX + " bytes", null, false, false);
        }
    }

    /// Takes the next bytes and gives the events that they complete.
    ///
    /// @throws EventTooLargeException when an event grows beyond the limit
    List<String> feed(byte[] bytes) {
        List<String> events = new ArrayList<>();
        for (byte b : bytes) {
            if (b == '\n') {
                endLine(events);
            } else {
                append(b);
            }
        }
        return events;
    }

    /// Ends the input: an event without its blank line counts.
    List<String> end() {
        List<String> events = new ArrayList<>();
        endLine(events);
        endEvent(events);
        return events;
    }

    private void append(byte b) {
        if (lineLength + data.length() >= EVENT_BYTES_MAX) {
            throw new EventTooLargeException();
        }
        if (lineLength == line.length) {
            line = Arrays.copyOf(line, line.length * 2);
        }
        line[lineLength++] = b;
    }

    private void endLine(List<String> events) {
        int length = lineLength > 0 && line[lineLength - 1] == '\r' ? lineLength - 1 : lineLength;
        String text = new String(line, 0, length, StandardCharsets.UTF_8);
        lineLength = 0;
        if (text.isEmpty()) {
            endEvent(events);
        } else if (text.startsWith(DATA)) {
            addData(text.substring(DATA.length()));
        } else if (text.startsWith("{")) {
            endEvent(events);
            events.add(text);
        }
    }

    private void addData(String text) {
        if (hasData) {
            data.append('\n');
        }
        data.append(text.startsWith(" ") ? text.substring(1) : text);
        hasData = true;
    }

    private void endEvent(List<String> events) {
        if (hasData) {
            events.add(data.toString());
            data.setLength(0);
            hasData = false;
        }
    }
}
