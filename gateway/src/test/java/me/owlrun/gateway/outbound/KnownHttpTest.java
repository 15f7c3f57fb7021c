package me.owlrun.gateway.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.gateway.outbound.Fetched.Fault;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// Questions to a server over connections that are kept, and what is known when they fail.
final class KnownHttpTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int BODY_MAX = 1_000;

    private static Fetched get(KnownHttp http, String path) {
        return http.ask(new KnownHttp.Question(path, Optional.empty()), BODY_MAX, LONG);
    }

    private static Fault fault(Fetched fetched) {
        return assertInstanceOf(Fetched.Failed.class, fetched).fault();
    }

    @Test
    void ask_oneAfterTheOther_shareAConnection() throws IOException {
        try (ScriptedServer server = new ScriptedServer();
                KnownHttp http = new KnownHttp(URI.create(server.url() + "/base"))) {
            KnownHttp.Question post = new KnownHttp.Question("/echo", Optional.of("{\"a\":\"ä\"}"));
            assertEquals(new Fetched.Answer(200, "GET /base/x"), get(http, "/x"));
            assertEquals(
                    new Fetched.Answer(200, "POST /base/echo {\"a\":\"ä\"}"),
                    http.ask(post, BODY_MAX, LONG));
            assertEquals(1, server.connections());
        }
    }

    @ParameterizedTest
    @CsvSource({"/last", "/broken", "/not-http", "/huge"})
    void ask_afterAnAnswerThatEndsTheConnection_opensAnother(String path) throws IOException {
        try (ScriptedServer server = new ScriptedServer();
                KnownHttp http = new KnownHttp(URI.create(server.url()))) {
            Fetched first = get(http, path);
            assertEquals(path.equals("/last"), first instanceof Fetched.Answer);
            assertEquals(new Fetched.Answer(200, "GET /x"), get(http, "/x"));
            assertEquals(2, server.connections());
        }
    }

    @Test
    void isQuiet_serverHangsUp_isNot() throws IOException, FetchException {
        try (ScriptedServer server = new ScriptedServer()) {
            KnownServer known = KnownServer.of(URI.create(server.url()));
            KeptConnection fresh = known.connect(Deadline.in(LONG));
            assertTrue(fresh.isQuiet());
            fresh.write("GET /hang-up HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            awaitNoise(fresh);
            fresh.close();
        }
    }

    /// Waits however long the machine takes; what never comes is a failure of the whole class.
    private static void awaitNoise(KeptConnection connection) {
        long end = System.nanoTime() + LONG.toNanos();
        while (connection.isQuiet()) {
            assertTrue(System.nanoTime() < end, "the end of a connection is not seen");
            Thread.onSpinWait();
        }
    }

    @Test
    void ask_nobodyListens_saysThatNothingWasSent() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (KnownHttp http = new KnownHttp(URI.create("http://127.0.0.1:" + port))) {
            assertEquals(Fault.CONNECT, fault(get(http, "/")));
        }
        try (KnownHttp http = new KnownHttp(URI.create("http://mint.invalid"))) {
            assertEquals(Fault.NAME, fault(get(http, "/")));
        }
    }

    @Test
    void ask_serverOfAnotherName_sendsItNothing() throws IOException {
        TestCertificate certificate = TestCertificate.of("mint.example.org");
        try (TlsServer server =
                        new TlsServer(
                                "127.0.0.1",
                                0,
                                certificate,
                                (_, out) -> TlsServer.send(out, "200 OK", "", ""));
                KnownHttp http = new KnownHttp(URI.create("https://127.0.0.1:" + server.port()))) {
            assertEquals(Fault.TLS, fault(get(http, "/")));
            assertTrue(server.heads().isEmpty());
        }
    }

    @Test
    void ask_serverIsSilent_endsInTime() throws IOException {
        try (ScriptedServer server = new ScriptedServer();
                KnownHttp http = new KnownHttp(URI.create(server.url()))) {
            KnownHttp.Question question = new KnownHttp.Question("/silent", Optional.empty());
            Fetched fetched = http.ask(question, BODY_MAX, Duration.ofMillis(100));
            assertEquals(Fault.TIMEOUT, fault(fetched));
        }
    }
}
