package me.owlrun.gateway.chat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Cuts a node's bytes into the data of server-sent events, wherever the pieces were split; lines
/// end with LF, CRLF or CR. A line that is plain JSON counts as an event of its own: engines send
/// errors so, and Ollama's own stream consists of them. Other fields and comments are dropped. A
/// node that forgets the blank line between two events is understood. Not thread-safe.
final class SseParser {

    /// Bytes that one event may have.
    static final int EVENT_BYTES_MAX = 1_048_576;

    private static final String DATA = "data:";
    private static final String DONE = "[DONE]";
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final int FIRST_CAPACITY = 1_024;

    private byte[] line = new byte[FIRST_CAPACITY];
    private int lineLength;
    private final StringBuilder data = new StringBuilder();
    private boolean hasData;
    private boolean afterReturn;
    private boolean begun;

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
            boolean secondHalf = b == '\n' && afterReturn;
            afterReturn = b == '\r';
            if (secondHalf) {
                continue;
            }
            if (b == '\n' || b == '\r') {
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
        String text = new String(line, 0, lineLength, StandardCharsets.UTF_8);
        lineLength = 0;
        if (!begun) {
            begun = true;
            text = text.indexOf(BYTE_ORDER_MARK) == 0 ? text.substring(1) : text;
        }
        if (text.isEmpty()) {
            endEvent(events);
        } else if (text.startsWith(DATA)) {
            addData(text.substring(DATA.length()).stripLeading(), events);
        } else if (text.stripLeading().startsWith("{")) {
            endEvent(events);
            events.add(text);
        }
    }

    private void addData(String text, List<String> events) {
        boolean isWhole = text.startsWith("{") || text.startsWith(DONE);
        if (hasData && isWhole && endsWhole()) {
            endEvent(events);
        }
        if (hasData) {
            data.append('\n');
        }
        data.append(text);
        hasData = true;
    }

    /// Whether the event so far looks complete, so that its blank line was forgotten.
    private boolean endsWhole() {
        return !data.isEmpty() && data.charAt(data.length() - 1) == '}';
    }

    private void endEvent(List<String> events) {
        if (hasData) {
            events.add(data.toString());
            data.setLength(0);
            hasData = false;
        }
    }
}
