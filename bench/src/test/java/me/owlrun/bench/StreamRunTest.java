package me.owlrun.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The chat clients of the gateway bench against its own upstream, and one that loses a word.
final class StreamRunTest {

    private static ChatTarget at(ServerSocket server) {
        URI base = URI.create("http://127.0.0.1:" + server.getLocalPort());
        return ChatTarget.free("direct", base, "");
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @Test
    void run_againstTheUpstream_hearsEveryWordInOrder() throws IOException {
        try (ServerSocket server = listen()) {
            Thread.ofVirtual().start(() -> Upstream.accept(server));
            StreamRun.Figures figures = StreamRun.run(at(server), 3);
            assertEquals(3, figures.complete());
            assertEquals(0, figures.lostWords());
            assertTrue(figures.gap(0.5) > 0 && figures.first(0.5) > 0);
        }
    }

    @Test
    void run_wordIsLost_counts() throws IOException {
        try (ServerSocket server = listen()) {
            Thread.ofVirtual().start(() -> answerWithoutOneWord(server));
            StreamRun.Figures figures = StreamRun.run(at(server), 1);
            assertEquals(0, figures.complete());
            assertEquals(1, figures.lostWords());
        }
    }

    private static void answerWithoutOneWord(ServerSocket server) {
        StringBuilder events = new StringBuilder();
        for (int i = 0; i < Script.PACED_DELTAS; i++) {
            if (i != 7) {
                events.append("data: {\"content\":\"w").append(i).append(" \"}\n\n");
            }
        }
        try (Socket socket = server.accept()) {
            var _ = socket.getInputStream().read(new byte[4_096]);
            String answer =
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n"
                            + Integer.toHexString(events.length())
                            + "\r\n"
                            + events
                            + "\r\n0\r\n\r\n";
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new BenchException("the client is gone", e);
        }
    }

    @Test
    void phase_wholeAnswers_haveTheirWord() throws IOException {
        try (ServerSocket server = listen()) {
            Thread.ofVirtual().start(() -> Upstream.accept(server));
            List<ChatWorker> workers =
                    List.of(new ChatWorker(at(server), true), new ChatWorker(at(server), false));
            Result result =
                    new Phase(new CpuWatch(Map.of()), Duration.ofMillis(200)).run("chat", workers);
            assertTrue(result.nanos().length > 0);
            assertEquals(Map.of(), result.errors());
        }
    }
}
