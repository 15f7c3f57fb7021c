package me.owlrun.gateway.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.config.Secret;
import me.owlrun.gateway.outbound.Fetched.Fault;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Streaming calls against a real TLS server on 127.0.0.1, which counts as public here.
final class PublicCallsTest {

    private static final String HOST = "cloud.example.org";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int BODY_MAX = 1_000;
    private static final TestCertificate CERTIFICATE = TestCertificate.of(HOST);
    private static final CountDownLatch END = new CountDownLatch(1);
    private static TlsServer server;

    /// Remembers what came.
    private static final class Heard implements AnswerTaker {

        private final StringBuilder body = new StringBuilder();
        private final CountDownLatch first = new CountDownLatch(1);
        private boolean sent;
        private int status;
        private String retryAfter = "";

        @Override
        public void sent() {
            sent = true;
        }

        @Override
        public boolean begins(int answered, Optional<String> wait) {
            status = answered;
            retryAfter = wait.orElse("");
            return true;
        }

        @Override
        public boolean piece(byte[] bytes) {
            body.append(new String(bytes, StandardCharsets.UTF_8));
            first.countDown();
            return body.indexOf("enough") < 0;
        }
    }

    @BeforeAll
    static void start() {
        server = new TlsServer("127.0.0.1", 0, CERTIFICATE, PublicCallsTest::answer);
    }

    @AfterAll
    static void stop() throws IOException {
        END.countDown();
        server.close();
    }

    private static void answer(String path, OutputStream out)
            throws IOException, InterruptedException {
        switch (path) {
            case "/v1/stream" -> {
                out.write(head("200 OK~Transfer-Encoding: chunked~~5~first~"));
                out.flush();
                assertTrue(END.await(1, TimeUnit.MINUTES));
            }
            case "/v1/enough" -> {
                out.write(head("200 OK~Transfer-Encoding: chunked~~6~enough~"));
                out.flush();
                assertTrue(END.await(1, TimeUnit.MINUTES));
            }
            case "/v1/pieces" -> {
                out.write(head("200 OK~Transfer-Encoding: chunked~~"));
                for (int i = 0; i < 900; i++) {
                    out.write("1\r\nx\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            case "/v1/huge" -> {
                out.write(head("200 OK~~"));
                out.write("x".repeat(2_000).getBytes(StandardCharsets.US_ASCII));
            }
            case "/v1/breaks" -> out.write(head("200 OK~Content-Length: 9~~abc"));
            case "/v1/moved" ->
                    TlsServer.send(
                            out, "302 Found", "Location: https://" + HOST + "/v1/end\r\n", "moved");
            case "/v1/busy" -> TlsServer.send(out, "429 Slow", "Retry-After: 7\r\n", "{}");
            default -> TlsServer.send(out, "200 OK", "", "at " + path);
        }
    }

    private static byte[] head(String text) {
        return ("HTTP/1.1 " + text.replace("~", "\r\n")).getBytes(StandardCharsets.US_ASCII);
    }

    private static List<InetAddress> address(String literal) throws UnknownHostException {
        return List.of(InetAddress.getByName(literal));
    }

    private static PublicCalls calls(Resolver resolver) {
        return new PublicCalls(
                Set.of(443, 8443),
                port ->
                        new TlsDialer(
                                resolver,
                                address ->
                                        address.getHostAddress().equals("127.0.0.1")
                                                || PublicAddresses.contain(address),
                                server.port(),
                                CERTIFICATE.context().getSocketFactory()));
    }

    private static Optional<Fetched.Failed> ask(Resolver resolver, String uri, Heard heard) {
        return calls(resolver)
                .ask(
                        new PublicCalls.Question(
                                URI.create(uri), new Secret("sk-1"), Optional.of("{}")),
                        BODY_MAX,
                        LONG,
                        heard);
    }

    private static Optional<Fault> fault(Heard heard, String path) {
        return ask(host -> address("127.0.0.1"), "https://" + HOST + path, heard)
                .map(Fetched.Failed::fault);
    }

    @Test
    void ask_sendsTheSecret_andHandsOnTheAnswer() {
        Heard heard = new Heard();
        assertEquals(Optional.empty(), fault(heard, "/v1/end"));
        assertTrue(heard.sent);
        assertEquals(200, heard.status);
        assertEquals("at /v1/end", heard.body.toString());
        String head =
                server.heads().stream().filter(h -> h.contains("/v1/end ")).findFirst().orElse("");
        assertTrue(head.startsWith("POST /v1/end HTTP/1.1\r\nHost: " + HOST + "\r\n"), head);
        assertTrue(head.contains("\r\nAuthorization: Bearer sk-1\r\n"), head);
        assertTrue(head.contains("\r\nContent-Length: 2\r\n"), head);
    }

    /// A piece is there before the next one is sent, and a thread that is interrupted hangs up.
    @Test
    void ask_pieceByPiece_untilInterrupted() throws InterruptedException {
        Heard heard = new Heard();
        AtomicInteger faults = new AtomicInteger();
        Thread asking =
                Thread.ofVirtual()
                        .start(() -> {
                            if (fault(heard, "/v1/stream").isPresent()) {
                                faults.incrementAndGet();
                            }
                        });
        assertTrue(heard.first.await(30, TimeUnit.SECONDS));
        asking.interrupt();
        assertTrue(asking.join(Duration.ofSeconds(30)));
        assertEquals(1, faults.get());
        assertEquals("first", heard.body.toString());
    }

    @Test
    void ask_noMoreWanted_hangsUp() {
        Heard heard = new Heard();
        assertEquals(Optional.empty(), fault(heard, "/v1/enough"));
        assertEquals("enough", heard.body.toString());
    }

    @Test
    void ask_manySmallPieces_areRead() {
        Heard heard = new Heard();
        assertEquals(Optional.empty(), fault(heard, "/v1/pieces"));
        assertEquals(900, heard.body.length());
    }

    @Test
    void ask_tooMuch_orBroken_isTold() {
        assertEquals(Optional.of(Fault.TOO_LARGE), fault(new Heard(), "/v1/huge"));
        Heard broken = new Heard();
        assertEquals(Optional.of(Fault.BROKEN), fault(broken, "/v1/breaks"));
        assertEquals("abc", broken.body.toString());
    }

    /// The secret would go along.
    @Test
    void ask_redirect_isNotFollowed() {
        Heard heard = new Heard();
        int before = server.connections();
        assertEquals(Optional.empty(), fault(heard, "/v1/moved"));
        assertEquals(302, heard.status);
        assertEquals(before + 1, server.connections());
        Heard busy = new Heard();
        assertEquals(Optional.empty(), fault(busy, "/v1/busy"));
        assertEquals("429 7", busy.status + " " + busy.retryAfter);
    }

    @Test
    void ask_nameThatRebinds_isForbiddenAtTheNextCall() {
        AtomicInteger lookups = new AtomicInteger();
        Resolver rebinding =
                host -> address(lookups.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2");
        int before = server.connections();
        Heard first = new Heard();
        assertEquals(Optional.empty(), ask(rebinding, "https://" + HOST + "/v1/end", first));
        assertEquals(1, lookups.get());
        Heard second = new Heard();
        assertEquals(
                Optional.of(Fault.FORBIDDEN),
                ask(rebinding, "https://" + HOST + "/v1/end", second).map(Fetched.Failed::fault));
        assertFalse(second.sent);
        assertEquals(before + 1, server.connections());
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "169.254.169.254", "::1", "192.168.1.1", "100.64.0.1"})
    void ask_nameOfAPrivateAddress_isForbidden(String address) {
        Heard heard = new Heard();
        assertEquals(
                Optional.of(Fault.FORBIDDEN),
                ask(host -> address(address), "https://" + HOST + "/v1/end", heard)
                        .map(Fetched.Failed::fault));
        assertFalse(heard.sent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://cloud.example.org/",
                "https://127.0.0.1/",
                "https://cloud.example.org:22/",
                "https://a:b@cloud.example.org/",
                "https://localhost/"
            })
    void refusal_ofAForm_isTold_andNobodyIsAsked(String uri) {
        int before = server.connections();
        assertTrue(calls(host -> address("127.0.0.1")).refusal(URI.create(uri)).isPresent());
        assertEquals(
                Optional.of(Fault.FORBIDDEN),
                ask(host -> address("127.0.0.1"), uri, new Heard()).map(Fetched.Failed::fault));
        assertEquals(before, server.connections());
        assertEquals(
                Optional.empty(),
                calls(host -> address("127.0.0.1"))
                        .refusal(URI.create("https://cloud.example.org:8443/v1")));
    }
}
