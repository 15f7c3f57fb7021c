package me.owlrun.agent.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A server on loopback that answers each request with the octets the test says, cut where the test
/// says, and may die in the middle as no well-behaved server library would.
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listener;
    private final Script script;
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private final CountDownLatch clientGone = new CountDownLatch(1);

    private ScriptedServer(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
    }

    /// What to do about one request.
    interface Script {
        void answer(String head, OutputStream out, ScriptedServer server)
                throws IOException, InterruptedException;
    }

    static ScriptedServer start(Script script) throws IOException {
        ServerSocket listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        ScriptedServer server = new ScriptedServer(listener, script);
        Thread.ofVirtual().start(server::accept);
        return server;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /// The next request as it came in, head and body.
    String request() throws InterruptedException {
        String request = requests.poll(30, TimeUnit.SECONDS);
        return request == null ? "none" : request;
    }

    /// Blocks until the client has dropped the connection of a request.
    boolean awaitClientGone() throws InterruptedException {
        return clientGone.await(30, TimeUnit.SECONDS);
    }

    /// The head of a stream whose end is the end of the connection.
    static byte[] streamHead() {
        return octets(head(200, "text/event-stream", "Transfer-Encoding: chunked"));
    }

    /// A piece in HTTP's chunked coding; an empty one is the end.
    static byte[] chunk(byte[] octets) {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes(octets(Integer.toHexString(octets.length) + "\r\n"));
        chunk.writeBytes(octets);
        chunk.writeBytes(octets("\r\n"));
        return chunk.toByteArray();
    }

    static byte[] document(int status, String body) {
        String length = "Content-Length: " + octets(body).length;
        return octets(head(status, "application/json", length, "Connection: close") + body);
    }

    private static String head(int status, String type, String... more) {
        return "HTTP/1.1 %d X\r\nContent-Type: %s\r\n%s\r\n\r\n"
                .formatted(status, type, String.join("\r\n", more));
    }

    static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            String request = readRequest(socket.getInputStream());
            requests.add(request);
            Thread.ofVirtual().start(() -> watch(socket));
            script.answer(request, socket.getOutputStream(), this);
        } catch (IOException | InterruptedException gone) {
            clientGone.countDown();
        }
    }

    private void watch(Socket socket) {
        try {
            if (socket.getInputStream().read() < 0) {
                clientGone.countDown();
            }
        } catch (IOException gone) {
            clientGone.countDown();
        }
    }

    private static String readRequest(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("no request");
            }
            head.write(octet);
        }
        String text = head.toString(StandardCharsets.UTF_8);
        int length =
                text.lines()
                        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                        .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                        .findFirst()
                        .orElse(0);
        return text + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
