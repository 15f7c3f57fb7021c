package me.owlrun.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

final class HttpListenerTest {

    private static final int BODY_BYTES_MAX = 1000;

    private final HttpClient client = HttpClient.newHttpClient();
    private HttpListener listener;

    @BeforeEach
    void start() {
        listener = start(0);
    }

    @AfterEach
    void stop() {
        listener.close();
        client.close();
    }

    private static HttpListener start(int port) {
        return HttpListener.start(
                new HttpListener.Limits("127.0.0.1", port, 1_000_000, 50, Duration.ofSeconds(1)),
                (status, message) ->
                        "{\"code\":%d}".formatted(status).getBytes(StandardCharsets.UTF_8),
                http ->
                        http.addFilter(new Cors("X-Seen"))
                                .post(
                                        "/length",
                                        (request, response) -> {
                                            Optional<byte[]> body =
                                                    HttpBody.read(request, BODY_BYTES_MAX);
                                            response.send(
                                                    body.map(b -> "" + b.length).orElse("long"));
                                        })
                                .get(
                                        "/header",
                                        (request, response) ->
                                                response.send("" + bigHeader(request).length())),
                sockets -> {});
    }

    private static String bigHeader(ServerRequest request) {
        return request.headers().value(HeaderNames.create("X-Big")).orElse("");
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + path));
    }

    private HttpResponse<String> send(HttpRequest request)
            throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void header_of100KiB_arrives() throws Exception {
        String big = "a".repeat(100 * 1024);
        assertEquals("" + big.length(), send(to("/header").header("X-Big", big).build()).body());
    }

    @Test
    void header_overTheLimit_getsJsonError() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    "GET /header HTTP/1.1\r\nHost: x\r\nX-Big: ".getBytes(StandardCharsets.UTF_8));
            out.write(new byte[HttpListener.HEADERS_BYTES_MAX]);
            out.write("\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            InputStream in = socket.getInputStream();
            socket.setSoTimeout(10_000);
            byte[] head = in.readNBytes(12);
            assertEquals("HTTP/1.1 4", new String(head, 0, 10, StandardCharsets.UTF_8));
        }
    }

    @Test
    void body_atAndOverTheLimit_isReadOrRefused() throws Exception {
        for (int length : new int[] {0, 1, BODY_BYTES_MAX, BODY_BYTES_MAX + 1}) {
            HttpRequest request =
                    to("/length")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[length]))
                            .build();
            String expected = length > BODY_BYTES_MAX ? "long" : "" + length;
            assertEquals(expected, send(request).body());
        }
    }

    @Test
    void body_ofBrokenChunks_isTheSendersFault() throws Exception {
        for (String chunk : new String[] {"-1", "zz", "fffffffff"}) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
                String request =
                        "POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + chunk
                                + "\r\nabc";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
                socket.shutdownOutput();
                socket.setSoTimeout(10_000);
                byte[] head = socket.getInputStream().readNBytes(12);
                assertEquals("HTTP/1.1 400", new String(head, StandardCharsets.UTF_8), chunk);
            }
        }
    }

    @Test
    void preflight_ofAnyOrigin_isAllowed() throws Exception {
        HttpRequest request =
                to("/length")
                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                        .header("Origin", "https://elsewhere.example")
                        .header("Access-Control-Request-Headers", "x-cashu,x-other")
                        .build();
        HttpResponse<String> response = send(request);
        assertEquals(204, response.statusCode());
        assertEquals(
                Optional.of("x-cashu,x-other"),
                response.headers().firstValue("access-control-allow-headers"));
        assertEquals(
                Optional.of("X-Seen"),
                send(to("/header").build()).headers().firstValue("access-control-expose-headers"));
    }

    @Test
    void start_portTaken_saysSo() {
        HttpException e = assertThrows(HttpException.class, () -> start(listener.port()));
        assertTrue(String.valueOf(e.getMessage()).contains("is taken"));
    }
}
