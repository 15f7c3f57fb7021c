package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Everything works through the nginx configuration that is shipped: TLS and HTTP/2 in front,
/// tokens of 48 KB, streams piece by piece, the WebSocket of a node, the client's address.
final class FrontProxyTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final int TOKEN_CHARS = 49_152;

    private static final Semaphore GO_ON = new Semaphore(0);
    private static TestGateway gateway;
    private static Nginx nginx;
    private static TestNode node;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        "--guard.trusted_proxies=127.0.0.1",
                        "--guard.exempt=",
                        "--guard.requests=5");
        nginx = Nginx.before(URI.create(gateway.url()).getPort());
        HttpClient http = HttpClient.newBuilder().sslContext(nginx.trust()).build();
        node = TestNode.connect(http, nginx.url(), List.of(MODEL), FrontProxyTest::answer);
    }

    @AfterAll
    static void stop() {
        node.close();
        nginx.close();
        gateway.close();
    }

    /// Sends the second word only when the buyer has read the first.
    private static void answer(TestNode node, String job) {
        node.accept(job);
        var _ = node.fetch(job);
        node.chunk(job, "data: " + TestAnswers.HELLO.getFirst() + "\n\n");
        try {
            if (!GO_ON.tryAcquire(20, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            return;
        }
        TestAnswers.HELLO
                .subList(1, TestAnswers.HELLO.size())
                .forEach(event -> node.chunk(job, "data: " + event + "\n\n"));
        node.done(job);
    }

    private static HttpClient client(String localAddress) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(nginx.trust())
                .localAddress(InetAddress.ofLiteral(localAddress))
                .build();
    }

    private static HttpRequest chat(String token) {
        return HttpRequest.newBuilder(URI.create(nginx.url() + "/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .header("X-Cashu", token)
                .POST(
                        HttpRequest.BodyPublishers.ofString(
                                Json.text(TestBuyer.request(MODEL, true))))
                .build();
    }

    /// A token with a memo that makes it long.
    private static String longToken(TestBuyer buyer) {
        String token = buyer.token(CurrencyUnit.MSAT, 5_000, false);
        String text =
                new String(
                        Base64.getUrlDecoder().decode(token.substring("cashuA".length())),
                        StandardCharsets.UTF_8);
        ObjectNode json = Json.parseObject(text);
        json.put("memo", "x".repeat(TOKEN_CHARS * 3 / 4 - text.length()));
        String longer = "cashuA" + Base64.getUrlEncoder().encodeToString(Json.bytes(json));
        assertTrue(longer.length() > TOKEN_CHARS - 100, "length " + longer.length());
        return longer;
    }

    @Test
    void aPaidStream_overTlsAndHttp2_withA48KbToken_comesPieceByPiece() throws Exception {
        TestBuyer buyer = new TestBuyer(gateway);
        try (HttpClient http = client("127.0.0.2")) {
            HttpResponse<InputStream> response =
                    http.send(chat(longToken(buyer)), HttpResponse.BodyHandlers.ofInputStream());
            assertEquals(200, response.statusCode());
            assertEquals(HttpClient.Version.HTTP_2, response.version());
            StringBuilder all = new StringBuilder();
            try (BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                readUntil(lines, "Hel", all);
                GO_ON.release();
                readUntil(lines, "cashu_change", all);
                lines.lines().forEach(line -> all.append(line).append('\n'));
            }
            assertTrue(all.toString().contains("lo!"), all.toString());
            long change = buyer.cash(TestBuyer.changeEvent(all.toString()));
            assertTrue(change > 0 && change < 5_000, "change " + change);
        }
    }

    private static void readUntil(BufferedReader lines, String word, StringBuilder all)
            throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            all.append(line).append('\n');
            if (line.contains(word)) {
                return;
            }
        }
        throw new AssertionError("no " + word + " in " + all);
    }

    @Test
    void theLimit_countsTheAddressBehindTheProxy_whateverTheClientClaims() throws Exception {
        try (HttpClient one = client("127.0.0.3");
                HttpClient other = client("127.0.0.4")) {
            for (int i = 0; i < 5; i++) {
                assertEquals(401, status(one));
            }
            assertEquals(429, status(one));
            assertEquals(401, status(other));
        }
    }

    private static int status(HttpClient http) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(nginx.url() + "/v1/chat/completions"))
                        .header("Content-Type", "application/json")
                        .header("X-Forwarded-For", "198.51.100." + System.nanoTime() % 200)
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
