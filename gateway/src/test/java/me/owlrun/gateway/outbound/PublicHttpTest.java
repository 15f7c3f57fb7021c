package me.owlrun.gateway.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.gateway.outbound.Fetched.Fault;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The client against real TLS servers on loopback addresses, of which 127.0.0.1 counts as public.
final class PublicHttpTest {

    private static final String HOST = "wallet.example.org";
    private static final String OTHER = "other.example.org";
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final TestCertificate CERTIFICATE = TestCertificate.of(HOST, OTHER);
    private static TlsServer server;
    private static CountDownLatch hurry;

    @BeforeAll
    static void start() {
        hurry = new CountDownLatch(1);
        server = new TlsServer("127.0.0.1", 0, CERTIFICATE, PublicHttpTest::answer);
    }

    @AfterAll
    static void stop() throws IOException {
        hurry.countDown();
        server.close();
    }

    private static void answer(String path, OutputStream out)
            throws IOException, InterruptedException {
        switch (path) {
            case "/slow-body" -> {
                out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                trickle(out, "x");
            }
            case "/slow-head" -> trickle(out, "H");
            case "/silent" -> assertTrue(hurry.await(1, TimeUnit.MINUTES));
            case "/huge-head" -> TlsServer.send(out, "200 OK", "A: " + "x".repeat(20_000), "");
            case "/huge-body" -> TlsServer.send(out, "200 OK", "", "x".repeat(1_001));
            case "/packed" -> TlsServer.send(out, "200 OK", "Content-Encoding: gzip\r\n", "x");
            case "/round" -> redirect(out, "/round");
            case "/1" -> redirect(out, "https://" + OTHER + "/2");
            case "/2" -> redirect(out, "3");
            case "/3" -> redirect(out, "/end?a=b");
            case "/to-http" -> redirect(out, "http://" + HOST + "/end");
            case "/to-private" -> redirect(out, "https://private.example.org/end");
            case "/to-literal" -> redirect(out, "https://169.254.169.254/latest/meta-data");
            case "/to-port" -> redirect(out, "https://" + HOST + ":8443/end");
            case "/to-nowhere" -> redirect(out, "https://a b/");
            case "/not-found" -> TlsServer.send(out, "404 Not Found", "", "{\"status\":\"ERROR\"}");
            default -> TlsServer.send(out, "200 OK", "Set-Cookie: a=b\r\n", "at " + path);
        }
    }

    private static void redirect(OutputStream out, String to) throws IOException {
        TlsServer.send(out, "302 Found", "Location: " + to + "\r\n", "moved");
    }

    private static void trickle(OutputStream out, String what)
            throws IOException, InterruptedException {
        do {
            out.write(what.getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } while (!hurry.await(50, TimeUnit.MILLISECONDS));
    }

    private static List<InetAddress> resolve(String host) throws UnknownHostException {
        return switch (host) {
            case "private.example.org" -> addresses("10.0.0.1");
            case "both.example.org" -> addresses("127.0.0.1", "192.168.0.1");
            case "unknown.example.org" -> throw new UnknownHostException();
            case "empty.example.org" -> List.of();
            default -> addresses("127.0.0.1");
        };
    }

    private static List<InetAddress> addresses(String... literals) throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String literal : literals) {
            addresses.add(InetAddress.getByName(literal));
        }
        return addresses;
    }

    private static boolean isAllowed(InetAddress address) {
        return address.getHostAddress().equals("127.0.0.1") || PublicAddresses.contain(address);
    }

    private static PublicHttp client(Resolver resolver, int port, Duration exchangeMax) {
        return new PublicHttp(
                new TlsDialer(
                        resolver,
                        PublicHttpTest::isAllowed,
                        port,
                        CERTIFICATE.context().getSocketFactory()),
                exchangeMax);
    }

    private static Fetched get(String address, Duration exchangeMax) {
        return client(PublicHttpTest::resolve, server.port(), exchangeMax)
                .get(URI.create(address), 1_000);
    }

    private static Fetched get(String address) {
        return get(address, LONG);
    }

    private static Fault fault(Fetched fetched) {
        return assertInstanceOf(Fetched.Failed.class, fetched).fault();
    }

    @Test
    void get_publicServer_answers() {
        assertEquals(new Fetched.Answer(200, "at /x?y=z"), get("https://" + HOST + "/x?y=z#part"));
        assertEquals(
                new Fetched.Answer(404, "{\"status\":\"ERROR\"}"),
                get("https://" + HOST + "/not-found"));
        String head = server.heads().getFirst();
        assertTrue(head.contains("\r\nHost: " + HOST + "\r\n"), head);
        assertTrue(head.contains("\r\nAccept-Encoding: identity\r\n"), head);
        assertTrue(server.heads().stream().noneMatch(text -> text.contains("Cookie")), head);
    }

    @Test
    void get_redirects_areFollowedThreeTimes() {
        assertEquals(new Fetched.Answer(200, "at /end?a=b"), get("https://" + HOST + "/1"));
        assertEquals(Fault.REDIRECTS, fault(get("https://" + HOST + "/round")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/to-http", "/to-private", "/to-literal", "/to-port"})
    void get_redirectOutOfBounds_isForbidden(String path) {
        assertEquals(Fault.FORBIDDEN, fault(get("https://" + HOST + path)));
    }

    @Test
    void get_redirectNowhere_isBroken() {
        assertEquals(Fault.BROKEN, fault(get("https://" + HOST + "/to-nowhere")));
    }

    @Test
    void get_nameOfPrivateAddress_isForbiddenEvenBesideAPublicOne() {
        int before = server.connections();
        assertEquals(Fault.FORBIDDEN, fault(get("https://private.example.org/")));
        assertEquals(Fault.FORBIDDEN, fault(get("https://both.example.org/")));
        assertEquals(before, server.connections());
    }

    @Test
    void get_forbiddenForm_asksNobody() {
        AtomicInteger lookups = new AtomicInteger();
        PublicHttp client =
                client(
                        host -> {
                            lookups.incrementAndGet();
                            return resolve(host);
                        },
                        server.port(),
                        LONG);
        for (String address :
                List.of("https://127.0.0.1/", "http://" + HOST + "/", "https://localhost/")) {
            assertEquals(Fault.FORBIDDEN, fault(client.get(URI.create(address), 1_000)));
        }
        assertEquals(0, lookups.get());
    }

    @Test
    void get_nameThatRebinds_reachesItsFirstAddressOnly() throws IOException {
        AtomicInteger lookups = new AtomicInteger();
        Resolver rebinding =
                host -> addresses(lookups.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2");
        try (TlsServer inner =
                new TlsServer(
                        "127.0.0.2",
                        server.port(),
                        CERTIFICATE,
                        (path, out) -> TlsServer.send(out, "200 OK", "", "secret"))) {
            PublicHttp client = client(rebinding, server.port(), LONG);
            URI address = URI.create("https://" + HOST + "/end");
            assertEquals(new Fetched.Answer(200, "at /end"), client.get(address, 1_000));
            assertEquals(1, lookups.get());
            assertEquals(Fault.FORBIDDEN, fault(client.get(address, 1_000)));
            assertEquals(0, inner.connections());
        }
    }

    @Test
    void get_redirectToItselfThatRebinds_isForbidden() {
        AtomicInteger lookups = new AtomicInteger();
        Resolver rebinding =
                host -> addresses(lookups.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2");
        PublicHttp client = client(rebinding, server.port(), LONG);
        URI address = URI.create("https://" + HOST + "/round");
        assertEquals(Fault.FORBIDDEN, fault(client.get(address, 1_000)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/slow-body", "/slow-head", "/silent"})
    void get_slowServer_timesOut(String path) {
        long begun = System.nanoTime();
        assertEquals(Fault.TIMEOUT, fault(get("https://" + HOST + path, Duration.ofMillis(700))));
        assertTrue(System.nanoTime() - begun < Duration.ofSeconds(9).toNanos());
    }

    @Test
    void get_serverThatNeverShakesHands_timesOut() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            PublicHttp client =
                    client(PublicHttpTest::resolve, mute.getLocalPort(), Duration.ofMillis(500));
            assertEquals(Fault.TIMEOUT, fault(client.get(URI.create("https://" + HOST), 1_000)));
        }
    }

    @Test
    void get_nameThatNeverResolves_timesOut() {
        CountDownLatch never = new CountDownLatch(1);
        Resolver stuck =
                host -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return List.of();
                };
        PublicHttp client = client(stuck, server.port(), Duration.ofMillis(100));
        for (int i = 0; i < 20; i++) {
            assertEquals(
                    Fault.TIMEOUT,
                    fault(client.get(URI.create("https://h" + i + ".example.org"), 1_000)));
        }
        never.countDown();
    }

    @Test
    void get_tooMuch_isRefused() {
        assertEquals(Fault.TOO_LARGE, fault(get("https://" + HOST + "/huge-head")));
        assertEquals(Fault.TOO_LARGE, fault(get("https://" + HOST + "/huge-body")));
        assertEquals(Fault.BROKEN, fault(get("https://" + HOST + "/packed")));
    }

    @Test
    void get_certificateOfAnotherName_isRefused() {
        assertEquals(Fault.TLS, fault(get("https://third.example.org/end")));
    }

    @Test
    void get_certificateNobodyTrusts_isRefused() throws IOException {
        try (TlsServer stranger =
                new TlsServer("127.0.0.1", 0, TestCertificate.of(HOST), PublicHttpTest::answer)) {
            PublicHttp client = client(PublicHttpTest::resolve, stranger.port(), LONG);
            assertEquals(Fault.TLS, fault(client.get(URI.create("https://" + HOST), 1_000)));
        }
    }

    @Test
    void get_noName_noServer_areToldApart() throws IOException {
        assertEquals(Fault.NAME, fault(get("https://unknown.example.org/")));
        assertEquals(Fault.NAME, fault(get("https://empty.example.org/")));
        int freePort;
        try (ServerSocket free = new ServerSocket(0)) {
            freePort = free.getLocalPort();
        }
        PublicHttp client = client(PublicHttpTest::resolve, freePort, LONG);
        assertEquals(Fault.CONNECT, fault(client.get(URI.create("https://" + HOST), 1_000)));
    }

    @Test
    void get_thirdAtOnce_waitsForItsTurn() throws IOException, InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch two = new CountDownLatch(2);
        try (TlsServer busy =
                new TlsServer(
                        "127.0.0.1",
                        0,
                        CERTIFICATE,
                        (path, out) -> {
                            two.countDown();
                            assertTrue(release.await(1, TimeUnit.MINUTES));
                            TlsServer.send(out, "200 OK", "", path);
                        })) {
            PublicHttp client = client(PublicHttpTest::resolve, busy.port(), LONG);
            List<Thread> threads = new ArrayList<>();
            AtomicInteger answers = new AtomicInteger();
            for (int i = 0; i < 3; i++) {
                URI address = URI.create("https://" + HOST + "/" + i);
                threads.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    if (client.get(address, 1_000) instanceof Fetched.Answer) {
                                        answers.incrementAndGet();
                                    }
                                }));
            }
            assertTrue(two.await(30, TimeUnit.SECONDS));
            Fetched elsewhere = client.get(URI.create("https://private.example.org"), 1_000);
            assertEquals(Fault.FORBIDDEN, fault(elsewhere));
            assertEquals(2, busy.connections());
            release.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(3, answers.get());
            assertEquals(3, busy.connections());
        }
    }

    @Test
    void get_playHost_isAskedInPlainHttp() throws IOException, InterruptedException {
        try (ServerSocket plain = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread answering =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (var socket = plain.accept()) {
                                    assertTrue(socket.getInputStream().read() >= 0);
                                    TlsServer.send(socket.getOutputStream(), "200 OK", "", "play");
                                } catch (IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            });
            URI standIn = URI.create("http://127.0.0.1:" + plain.getLocalPort());
            PublicHttp client = PublicHttp.withPlayHosts(java.util.Map.of(HOST, standIn));
            Fetched fetched = client.get(URI.create("https://" + HOST + "/a"), 1_000);
            assertEquals(new Fetched.Answer(200, "play"), fetched);
            assertEquals(Fault.FORBIDDEN, fault(client.get(URI.create("https://127.0.0.1/"), 9)));
            answering.join();
        }
    }
}
