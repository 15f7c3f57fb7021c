package me.owlrun.mint.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// Sends bytes that need not be HTTP and reads what comes back: for requests that no HTTP client
/// would send. One connection, kept as long as the server keeps it.
public final class RawHttp implements AutoCloseable {

    private static final int ANSWER_MAX_MS = 30_000;
    private static final int LINE_MAX = 16_384;

    private final int port;
    private Optional<Socket> connection = Optional.empty();

    /// @param port where the server listens on loopback
    public RawHttp(int port) {
        this.port = port;
    }

    /// An answer.
    ///
    /// @param status its status, or 0 when the server hung up without a word
    /// @param contentType its content type, or nothing
    /// @param body its body
    public record Answer(int status, String contentType, String body) {}

    /// Sends bytes and reads one answer.
    ///
    /// @param hasBody whether the answer has one, as that to HEAD has not
    /// @param last whether nothing more is sent, so that a server which waits for more gives up
    public Answer send(byte[] request, boolean hasBody, boolean last) {
        try {
            Socket socket = connected();
            try {
                OutputStream out = socket.getOutputStream();
                out.write(request);
                out.flush();
                if (last) {
                    socket.shutdownOutput();
                }
            } catch (IOException e) {
                // The server may hang up before it has read all; its answer may lie there still.
                return answer(socket, hasBody);
            }
            return answer(socket, hasBody);
        } catch (IOException e) {
            close();
            return new Answer(0, "", "");
        } finally {
            if (last) {
                close();
            }
        }
    }

    private Socket connected() throws IOException {
        if (connection.isEmpty()) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(ANSWER_MAX_MS);
            socket.setTcpNoDelay(true);
            connection = Optional.of(socket);
        }
        return connection.get();
    }

    private Answer answer(Socket socket, boolean hasBody) throws IOException {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        String first = line(in);
        if (first.isEmpty()) {
            close();
            return new Answer(0, "", "");
        }
        int status = Integer.parseInt(first.split(" ", -1)[1]);
        String type = "";
        int length = 0;
        boolean keep = true;
        boolean chunked = false;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String header = line.toLowerCase(Locale.ROOT);
            String value = line.substring(line.indexOf(':') + 1).strip();
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(value);
            } else if (header.startsWith("content-type:")) {
                type = value;
            } else if (header.startsWith("connection:") && header.contains("close")) {
                keep = false;
            } else if (header.startsWith("transfer-encoding:")) {
                chunked = true;
            }
        }
        byte[] body = chunked ? chunks(in) : in.readNBytes(hasBody ? length : 0);
        if (!keep) {
            close();
        }
        return new Answer(status, type, new String(body, StandardCharsets.UTF_8));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunk(in); size > 0; size = chunk(in)) {
            body.write(in.readNBytes(size));
            var _ = line(in);
        }
        var _ = line(in);
        return body.toByteArray();
    }

    private static int chunk(InputStream in) throws IOException {
        return Integer.parseInt(line(in), 16);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n' && line.size() < LINE_MAX; b = in.read()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    @Override
    public void close() {
        try {
            if (connection.isPresent()) {
                connection.get().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            connection = Optional.empty();
        }
    }
}
