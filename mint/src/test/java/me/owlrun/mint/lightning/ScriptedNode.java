package me.owlrun.mint.lightning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;
import me.owlrun.mint.lightning.Transcript.Exchange;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

import javax.net.ServerSocketFactory;

/// A server that plays a node's part of a [Transcript], byte by byte where it matters, and checks
/// every request: method, path, credential, body.
public final class ScriptedNode implements AutoCloseable {

    private static final String SOCKET_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final ServerSocket server;
    private final String scheme;
    private final String credentialHeader;
    private final String credential;
    private final ArrayDeque<Exchange> script;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    /// @param credentialHeader the header that must carry the credential
    public ScriptedNode(
            String scheme,
            ServerSocketFactory sockets,
            String credentialHeader,
            String credential,
            Transcript transcript) {
        try {
            this.server = sockets.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.scheme = scheme;
        this.credentialHeader = credentialHeader.toLowerCase(Locale.ROOT);
        this.credential = credential;
        this.script = new ArrayDeque<>(transcript.exchanges());
        Thread.ofVirtual().name("scripted-node").start(this::accept);
    }

    /// Its address.
    public URI url() {
        return URI.create(scheme + "://127.0.0.1:" + server.getLocalPort());
    }

    /// A request as it came.
    private record Request(String method, String path, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    private void accept() {
        try {
            while (!server.isClosed()) {
                Socket connection = server.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException _) {
            return; // closed
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            Optional<Request> request = request(connection.getInputStream());
            if (request.isPresent()) {
                Optional<Exchange> exchange = next();
                if (exchange.isPresent()) {
                    check(exchange.get(), request.get());
                    answer(exchange.get(), request.get(), connection);
                } // else nothing more to say: the connection ends
            }
        } catch (IOException _) {
            return; // the client left
        }
    }

    private Optional<Exchange> next() {
        lock.lock();
        try {
            return Optional.ofNullable(script.poll());
        } finally {
            lock.unlock();
        }
    }

    private static Optional<Request> request(InputStream in) throws IOException {
        String first = line(in);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String[] parts = line.split(": ?", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        String[] words = first.split(" ", -1);
        return Optional.of(new Request(words[0], words[1], headers, body));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private void check(Exchange expected, Request request) {
        expect("method", expected.method(), request.method());
        expect("path", expected.path(), request.path());
        expect("credential", credential, request.header(credentialHeader));
        JsonNode asked = expected.body().map(Json::parse).orElseGet(Json::object);
        JsonNode came = json(request);
        if (!asked.equals(came)) {
            problems.add("body: expected " + asked + " but was " + came);
        }
    }

    private static JsonNode json(Request request) {
        String type = request.header("content-type");
        if (request.body().isEmpty()) {
            return Json.object();
        }
        if (type.equals("application/json")) {
            return Json.parse(request.body());
        }
        ObjectNode form = Json.object();
        for (String field : request.body().split("&", -1)) {
            String[] parts = field.split("=", 2);
            form.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return form;
    }

    private void expect(String what, String expected, String actual) {
        if (!expected.equals(actual)) {
            problems.add(what + ": expected " + expected + " but was " + actual);
        }
    }

    private static void answer(Exchange exchange, Request request, Socket connection)
            throws IOException {
        OutputStream out = connection.getOutputStream();
        String body = String.join("\n", exchange.lines()) + "\n";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        if (exchange.directives().contains("hang")) {
            connection.getInputStream().readAllBytes();
        } else if (exchange.directives().contains("websocket")) {
            socket(exchange, request, out);
            connection.getInputStream().readAllBytes(); // the client's close
        } else if (exchange.directives().contains("lines")) {
            head(out, exchange.status(), "Transfer-Encoding: chunked");
            for (String line : exchange.lines()) {
                byte[] chunk = (line + "\n").getBytes(StandardCharsets.UTF_8);
                write(out, Integer.toHexString(chunk.length) + "\r\n");
                out.write(chunk);
                write(out, "\r\n");
                out.flush();
            }
            connection.getInputStream().readAllBytes(); // a stream stays open
        } else if (exchange.directives().contains("cut")) {
            head(out, exchange.status(), "Content-Length: " + bytes.length);
            out.write(bytes, 0, bytes.length / 2);
            out.flush();
        } else if (exchange.status() != 0) {
            head(out, exchange.status(), "Content-Length: " + bytes.length);
            out.write(bytes);
            out.flush();
        }
    }

    private static void head(OutputStream out, int status, String more) throws IOException {
        write(out, "HTTP/1.1 " + status + " X\r\nConnection: close\r\n" + more + "\r\n\r\n");
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void socket(Exchange exchange, Request request, OutputStream out)
            throws IOException {
        String key = request.header("sec-websocket-key");
        write(
                out,
                "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: "
                        + accept(key)
                        + "\r\n\r\n");
        for (String line : exchange.lines()) {
            byte[] text = line.getBytes(StandardCharsets.UTF_8);
            out.write(0x81); // a whole text
            if (text.length > 125) {
                out.write(126); // the length is in the next two bytes
                out.write(text.length >> 8);
            }
            out.write(text.length & 0xff);
            out.write(text);
        }
        out.write(0x88); // close
        out.write(0);
        out.flush();
    }

    private static String accept(String key) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + SOCKET_MAGIC).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /// Fails when a request was wrong, or one of them did not come.
    public void assertPlayed() {
        assertEquals(List.of(), new ArrayList<>(problems));
        lock.lock();
        try {
            assertEquals(List.of(), new ArrayList<>(script), "these were not asked for");
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
