package me.owlrun.agent.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.util.ArrayList;
import java.util.List;

/// Cuts a stream of octets into whole server-sent events, wherever the network cut it before.
///
/// An event ends with an empty line (HTML Living Standard, 9.2); a line ends with LF, CR LF or CR.
/// Octets are never changed: the events put together are the stream. As an event ends after an
/// ASCII octet, no UTF-8 character is ever split. Not safe for use by several threads.
final class EventSplitter {
    /// The longest event: a stream with a longer one is broken.
    static final int EVENT_BYTES_MAX = 1 << 20;

    private final ByteArrayOutputStream event = new ByteArrayOutputStream();
    private boolean lineIsEmpty = true;
    private boolean afterCarriageReturn;
    private boolean eventIsComplete;

    /// Takes the next octets and returns the events they complete.
    ///
    /// @throws TooLongException if an event exceeds [#EVENT_BYTES_MAX]
    List<byte[]> feed(byte[] octets) throws TooLongException {
        List<byte[]> events = new ArrayList<>();
        for (byte octet : octets) {
            if (eventIsComplete && !(octet == '\n' && afterCarriageReturn)) {
                flush(events);
            }
            take(octet);
        }
        // After a lone CR the LF that may belong to it could still come with the next octets; only
        // then is a complete event held back.
        if (eventIsComplete && !afterCarriageReturn) {
            flush(events);
        }
        return events;
    }

    /// The last event, if it was held back; empty octets if nothing is left.
    byte[] rest() {
        byte[] rest = event.toByteArray();
        event.reset();
        return rest;
    }

    private void take(byte octet) throws TooLongException {
        if (event.size() == EVENT_BYTES_MAX) {
            throw new TooLongException();
        }
        event.write(octet);
        if (octet == '\n' && afterCarriageReturn) {
            afterCarriageReturn = false;
        } else if (octet == '\n' || octet == '\r') {
            eventIsComplete = lineIsEmpty;
            lineIsEmpty = true;
            afterCarriageReturn = octet == '\r';
        } else {
            lineIsEmpty = false;
            afterCarriageReturn = false;
        }
    }

    private void flush(List<byte[]> events) {
        events.add(rest());
        eventIsComplete = false;
    }

    /// A stream with an event longer than any event may be.
    static final class TooLongException extends IOException {
        @Serial private static final long serialVersionUID = 1L;
    }
}
