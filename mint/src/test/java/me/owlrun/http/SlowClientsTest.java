package me.owlrun.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Senders who take their time lose their connection; others do not notice.
final class SlowClientsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int WAIT_MILLIS = 10_000;
    private static final String HEAD = "POST /echo HTTP/1.1\r\nHost: x\r\n";

    private static HttpListener listen(int connectionsPerAddress) {
        return HttpListener.start(
                new HttpListener.Limits("127.0.0.1", 0, 100_000, 100, Duration.ofSeconds(1)),
                new Patience(PATIENCE, PATIENCE, connectionsPerAddress, address -> false),
                (status, message) -> message.getBytes(StandardCharsets.UTF_8),
                http ->
                        http.post(
                                "/echo",
                                (request, response) ->
                                        response.send(
                                                HttpBody.read(request, 10_000).orElseThrow())),
                sockets -> {});
    }

    private static Socket connect(HttpListener listener) throws IOException {
        Socket socket = new Socket();
        socket.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()),
                WAIT_MILLIS);
        socket.setSoTimeout(WAIT_MILLIS);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /// Sends a byte again and again until the other end hangs up; how often.
    private static int dripUntilCut(Socket socket) {
        for (int i = 0; i < 100; i++) {
            LockSupport.parkNanos(100_000_000);
            try {
                send(socket, "a");
            } catch (IOException e) {
                return i;
            }
        }
        throw new AssertionError("a slow sender was never cut");
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void headers_thatTrickle_areCut() throws IOException {
        try (HttpListener listener = listen(0);
                Socket socket = connect(listener)) {
            send(socket, HEAD + "X-Slow: ");
            int drops = dripUntilCut(socket);
            assertTrue(drops >= 5, "cut after " + drops);
        }
    }

    @Test
    void aBody_thatTrickles_isCut() throws IOException {
        try (HttpListener listener = listen(0);
                Socket socket = connect(listener)) {
            send(socket, HEAD + "Content-Length: 5000\r\n\r\n");
            int drops = dripUntilCut(socket);
            assertTrue(drops >= 5, "cut after " + drops);
        }
    }

    @Test
    void aSecondRequest_afterARest_isServed_andItsHeadersHaveTheirOwnDeadline() throws IOException {
        try (HttpListener listener = listen(0);
                Socket socket = connect(listener)) {
            String whole = HEAD + "Content-Length: 2\r\n\r\nok";
            send(socket, whole);
            byte[] first = new byte[12];
            assertEquals(12, socket.getInputStream().readNBytes(first, 0, 12));
            assertEquals("HTTP/1.1 200", new String(first, StandardCharsets.ISO_8859_1));
            LockSupport.parkNanos(PATIENCE.multipliedBy(2).toNanos());
            send(socket, whole);
            send(socket, HEAD + "X-Slow: ");
            int drops = dripUntilCut(socket);
            assertTrue(drops >= 5, "cut after " + drops);
        }
    }

    @Test
    void oneAddress_holdsOnlySoManyConnections_andGetsThemBack() throws IOException {
        try (HttpListener listener = listen(2)) {
            List<Socket> held = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Socket socket = connect(listener);
                send(socket, HEAD + "Content-Length: 2\r\n\r\nok");
                assertEquals('H', socket.getInputStream().read());
                held.add(socket);
            }
            try (Socket third = connect(listener)) {
                assertEquals("", readAll(third));
            }
            for (Socket socket : held) {
                socket.close();
            }
            long end = System.nanoTime() + 10_000_000_000L;
            while (!isServed(listener)) {
                assertTrue(System.nanoTime() < end, "the connections never came back");
            }
        }
    }

    private static boolean isServed(HttpListener listener) {
        try (Socket socket = connect(listener)) {
            send(socket, HEAD + "Content-Length: 2\r\n\r\nok");
            return socket.getInputStream().read() == 'H';
        } catch (IOException e) {
            return false;
        }
    }
}
