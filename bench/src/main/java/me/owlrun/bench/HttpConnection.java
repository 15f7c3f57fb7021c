package me.owlrun.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// One HTTP/1.1 connection to a program on this machine, kept open between requests and opened
/// again when the other side closed it. For one thread.
final class HttpConnection implements AutoCloseable {

    private static final int ANSWER_BYTES_MAX = 16 << 20;
    private static final int READ_BUFFER_BYTES = 16_384;
    private static final int WAIT_MILLIS_MAX = 30_000;
    private static final int HTTP_PORT = 80;

    private final URI base;
    private final String headers;
    private Socket socket = new Socket();
    private InputStream in = InputStream.nullInputStream();
    private boolean open;

    /// What came back.
    ///
    /// @param status the HTTP status
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(int status, byte[] body) {}

    /// @param base an `http` address of this machine
    /// @throws BenchException when it is anything else: load is for one's own machine only
    HttpConnection(URI base) {
        this(base, "");
    }

    /// @param headers sent with every request, lines that each end with CR LF
    HttpConnection(URI base, String headers) {
        this.base = base;
        this.headers = headers;
        requireLoopback(base);
    }

    static void requireLoopback(URI base) {
        try {
            boolean http = "http".equals(base.getScheme()) && base.getHost() != null;
            if (!http || !InetAddress.getByName(base.getHost()).isLoopbackAddress()) {
                throw new BenchException(
                        base + " is not on this machine; the harness loads http://127.0.0.1 only");
            }
        } catch (IOException e) {
            throw new BenchException(base + " is not an address", e);
        }
    }

    Answer get(String path) throws IOException {
        return exchange("GET " + path(path) + " HTTP/1.1\r\n", new byte[0]);
    }

    Answer post(String path, byte[] json) throws IOException {
        return exchange(
                "POST "
                        + path(path)
                        + " HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: "
                        + json.length
                        + "\r\n",
                json);
    }

    private String path(String path) {
        return base.getRawPath() + path;
    }

    private Answer exchange(String head, byte[] body) throws IOException {
        byte[] lines =
                (head + headers + "Host: " + base.getAuthority() + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[lines.length + body.length];
        System.arraycopy(lines, 0, request, 0, lines.length);
        System.arraycopy(body, 0, request, lines.length, body.length);
        boolean answered = false;
        try {
            if (!open) {
                open();
            }
            socket.getOutputStream().write(request);
            Answer answer = read();
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                close();
            }
        }
    }

    private void open() throws IOException {
        int port = base.getPort() < 0 ? HTTP_PORT : base.getPort();
        socket = new Socket(base.getHost(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(WAIT_MILLIS_MAX);
        in = new BufferedInputStream(socket.getInputStream(), READ_BUFFER_BYTES);
        open = true;
    }

    private Answer read() throws IOException {
        String[] status = line().split(" ", 3);
        int length = 0;
        boolean chunked = false;
        boolean last = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring(15).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = lower.contains("chunked");
            } else if (lower.startsWith("connection:")) {
                last = lower.contains("close");
            }
        }
        byte[] body = chunked ? readChunks() : readBody(length);
        if (last) {
            close();
        }
        return new Answer(Integer.parseInt(status[1]), body);
    }

    private byte[] readBody(int length) throws IOException {
        if (length > ANSWER_BYTES_MAX) {
            throw new IOException("the answer is too long");
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the answer broke off");
        }
        return body;
    }

    private byte[] readChunks() throws IOException {
        var body = new java.io.ByteArrayOutputStream();
        for (int size = chunkSize(); size > 0; size = chunkSize()) {
            body.writeBytes(readBody(size));
            requireEmpty(line());
            if (body.size() > ANSWER_BYTES_MAX) {
                throw new IOException("the answer is too long");
            }
        }
        requireEmpty(line());
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        String line = line();
        int semicolon = line.indexOf(';');
        return Integer.parseInt((semicolon < 0 ? line : line.substring(0, semicolon)).strip(), 16);
    }

    private static void requireEmpty(String line) throws IOException {
        if (!line.isEmpty()) {
            throw new IOException("a chunk does not end where it should");
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection was closed");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
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
