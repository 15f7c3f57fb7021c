package me.owlrun.bench;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// The model server of the gateway bench, a process of its own: answers from a [Script] over HTTP
/// as OpenAI does, and as nodes of our gateway.
final class Upstream {

    private static final int BACKLOG = 2_048;
    private static final int CONNECTING_AT_ONCE = 64;

    private Upstream() {}

    /// Says where it listens, then obeys lines `nodes URL COUNT CAPACITY` until its input ends.
    ///
    /// @param say how it talks to the harness
    static void run(Consumer<String> say) {
        try (ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
                BufferedReader orders =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            Thread.ofVirtual().name("accept").start(() -> accept(server));
            say.accept("ready http://127.0.0.1:" + server.getLocalPort());
            List<NodeChannel> nodes = new ArrayList<>();
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                String[] words = line.split(" ", 4);
                nodes.addAll(
                        connect(
                                URI.create(words[1]),
                                Integer.parseInt(words[2]),
                                Integer.parseInt(words[3])));
                say.accept("connected " + nodes.size());
            }
        } catch (IOException e) {
            throw new BenchException("the upstream failed", e);
        }
    }

    private static List<NodeChannel> connect(URI gateway, int count, int capacity) {
        SecureRandom random = new SecureRandom();
        Semaphore turns = new Semaphore(CONNECTING_AT_ONCE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<NodeChannel>> connecting = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                connecting.add(
                        threads.submit(() -> {
                            turns.acquire();
                            try {
                                return NodeChannel.connect(gateway, capacity, random);
                            } finally {
                                turns.release();
                            }
                        }));
            }
            List<NodeChannel> nodes = new ArrayList<>();
            for (Future<NodeChannel> future : connecting) {
                nodes.add(future.get());
            }
            return nodes;
        } catch (ExecutionException e) {
            throw new BenchException("nodes cannot connect: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    /// Answers until the server is closed.
    static void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) {
                // closed: the loop ends
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (int length = head(in); length >= 0; length = head(in)) {
                if (length == 0) {
                    write(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
                } else {
                    answer(Script.of(in.readNBytes(length)), out);
                }
            }
        } catch (IOException _) {
            // the client is gone
        }
    }

    /// Reads the head of a request; the length of its body, or -1 at the end.
    private static int head(InputStream in) throws IOException {
        int length = 0;
        StringBuilder line = new StringBuilder();
        boolean any = false;
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next != '\n') {
                line.append((char) next);
                continue;
            }
            String text = line.toString().strip().toLowerCase(Locale.ROOT);
            line.setLength(0);
            if (text.isEmpty() && any) {
                return length;
            }
            any = true;
            if (text.startsWith("content-length:")) {
                length = Integer.parseInt(text.substring(15).strip());
            }
        }
        return -1;
    }

    private static void answer(Script script, OutputStream out) throws IOException {
        if (!script.stream()) {
            String body = script.whole();
            write(out, head("application/json", "Content-Length: " + body.length()) + body);
            return;
        }
        write(out, head("text/event-stream", "Transfer-Encoding: chunked"));
        script.events(
                text -> write(out, Integer.toHexString(text.length()) + "\r\n" + text + "\r\n"));
        write(out, "0\r\n\r\n");
    }

    private static String head(String type, String length) {
        return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n" + length + "\r\n\r\n";
    }

    private static void write(OutputStream out, String ascii) throws IOException {
        out.write(ascii.getBytes(StandardCharsets.US_ASCII));
    }
}
