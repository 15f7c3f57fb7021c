package me.owlrun.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One kept HTTP/1.1 connection of a chat client: sends a request, hears the events of a streamed
/// answer as they come, or takes a whole one. For one thread.
final class ChatConnection implements AutoCloseable {

    private static final int WAIT_MILLIS_MAX = 30_000;
    private static final int BUFFER_BYTES = 16_384;
    private static final String EVENT = "data:";

    private final URI url;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private Socket socket = new Socket();
    private InputStream in = InputStream.nullInputStream();
    private boolean open;
    private int at;
    private int end;

    /// Hears one event.
    @FunctionalInterface
    interface Events {
        /// An event came.
        ///
        /// @param data what stands behind `data:`
        /// @param nanos when it was complete
        void heard(String data, long nanos);
    }

    /// What came back.
    ///
    /// @param status the HTTP status
    /// @param headers lines, names in lower case
    /// @param body of an answer that is no stream
    record Answer(int status, List<String> headers, String body) {

        /// A header's value.
        Optional<String> header(String name) {
            return headers.stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        }
    }

    /// @param url where requests go, of this machine
    ChatConnection(URI url) {
        HttpConnection.requireLoopback(url);
        this.url = url;
    }

    void connect() throws IOException {
        socket = new Socket(url.getHost(), url.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(WAIT_MILLIS_MAX);
        in = socket.getInputStream();
        at = 0;
        end = 0;
        open = true;
    }

    /// Sends a request and reads its answer to the end.
    ///
    /// @param headers lines that each end with CR LF
    Answer post(String headers, byte[] json, Events events) throws IOException {
        byte[] head =
                ("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
                                        .formatted(url.getRawPath(), url.getAuthority())
                                + "Content-Length: "
                                + json.length
                                + "\r\n"
                                + headers
                                + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[head.length + json.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(json, 0, request, head.length, json.length);
        boolean answered = false;
        try {
            if (!open) {
                connect();
            }
            socket.getOutputStream().write(request);
            Answer answer = read(events);
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                close();
            }
        }
    }

    private Answer read(Events events) throws IOException {
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        List<String> headers = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.add(line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon));
        }
        Answer head = new Answer(status, headers, "");
        boolean stream = head.header("content-type").orElse("").startsWith("text/event-stream");
        boolean chunked = head.header("transfer-encoding").orElse("").contains("chunked");
        StringBuilder body = new StringBuilder();
        if (chunked) {
            chunks(stream, body, events);
        } else if (head.header("content-length").isPresent()) {
            int length = Integer.parseInt(head.header("content-length").get());
            body.append(text(length));
        }
        if (head.header("connection").orElse("").equalsIgnoreCase("close")) {
            close();
        }
        return new Answer(status, headers, stream ? "" : body.toString());
    }

    /// Reads chunks; a stream's events are cut out as soon as their line is complete.
    private void chunks(boolean stream, StringBuilder body, Events events) throws IOException {
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.append(text(size));
            if (!line().isEmpty()) {
                throw new IOException("a chunk does not end where it should");
            }
            if (stream) {
                hear(body, events);
            }
        }
        if (!line().isEmpty()) {
            throw new IOException("trailers are not expected");
        }
    }

    private static void hear(StringBuilder body, Events events) {
        int from = 0;
        for (int to = body.indexOf("\n"); to >= 0; to = body.indexOf("\n", from)) {
            if (body.indexOf(EVENT, from) == from) {
                String data = body.substring(from + EVENT.length(), to).strip();
                events.heard(data, System.nanoTime());
            }
            from = to + 1;
        }
        body.delete(0, from);
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line().split(";", 2)[0].strip(), 16);
    }

    private String text(int length) throws IOException {
        byte[] bytes = new byte[length];
        int have = 0;
        while (have < length) {
            fill();
            int part = Math.min(end - at, length - have);
            System.arraycopy(buffer, at, bytes, have, part);
            at += part;
            have += part;
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(80);
        while (true) {
            fill();
            char next = (char) buffer[at++];
            if (next == '\n') {
                return line.toString();
            }
            if (next != '\r') {
                line.append(next);
            }
        }
    }

    private void fill() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, in.read(buffer));
            if (end == 0) {
                throw new EOFException("the answer broke off");
            }
        }
    }

    @Override
    public void close() {
        open = false;
        try {
            socket.close();
        } catch (IOException _) {
            // it is gone either way
        }
    }
}
