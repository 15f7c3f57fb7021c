package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Whatever is wrong with a request: the answer has the form that clients of its path read, a name,
/// and the headers that scripts of other origins need.
final class EveryPathTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String CHAT =
            """
            {"model":"qwen2.5:0.5b","messages":[{"role":"user","content":"Hi"}]}\
            """;
    private static final TestOperator OPERATOR = new TestOperator();

    private static final String PROVIDER = "owlr_prov_everypath0123456789";

    private static TestGateway gateway;
    private static JsonNode paths;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        OPERATOR.flags("--cloud.key_file=" + TestCloud.keyFile(TestCloud.key(1))));
        paths = Json.parse(gateway.get("/openapi.json").body()).path("paths");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static HttpResponse<String> send(
            String method, String path, String body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(gateway.url() + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> paths() {
        List<String> all = new ArrayList<>();
        paths.fieldNames().forEachRemaining(path -> all.add(path.replaceAll("\\{[a-z]+}", "x")));
        return all;
    }

    /// Checks form and headers of an error; its code.
    private static String code(String path, HttpResponse<String> answer) {
        assertTrue(answer.headers().firstValue("x-request-id").isPresent(), path);
        assertEquals(
                "*", answer.headers().firstValue("access-control-allow-origin").orElse(""), path);
        assertEquals(
                "application/json", answer.headers().firstValue("content-type").orElse(""), path);
        JsonNode body = Json.parse(answer.body());
        if (path.startsWith("/api/")) {
            assertTrue(body.path("error").isTextual(), path + answer.body());
            return body.path("code").asText();
        }
        assertTrue(body.at("/error/message").isTextual(), path + answer.body());
        return body.at("/error/code").asText();
    }

    @Test
    void method_thatAPathDoesNotAnswer_is405WithThoseItDoes() {
        for (String path : paths()) {
            HttpResponse<String> answer = send("PUT", path, "{}");
            assertEquals(405, answer.statusCode(), path);
            assertEquals("method_not_allowed", code(path, answer));
            Set<String> allowed =
                    new TreeSet<>(
                            List.of(answer.headers().firstValue("Allow").orElse("").split(", ")));
            assertTrue(allowed.remove("OPTIONS"), path);
            for (String method : allowed) {
                assertTrue(send(method, path, "").statusCode() != 405, method + " " + path);
            }
        }
    }

    @Test
    void options_ofEveryPath_letBrowsersIn() {
        for (String path : paths()) {
            HttpResponse<String> answer =
                    send("OPTIONS", path, "", "Access-Control-Request-Headers", "x-cashu");
            assertEquals(204, answer.statusCode(), path);
            assertEquals(
                    "x-cashu",
                    answer.headers().firstValue("access-control-allow-headers").orElse(""));
            assertTrue(answer.headers().firstValue("x-request-id").isPresent(), path);
        }
    }

    @Test
    void head_isGetWithoutABody() {
        for (String path : paths()) {
            HttpResponse<String> get = send("GET", path, "");
            HttpResponse<String> head = send("HEAD", path, "");
            assertEquals(get.statusCode(), head.statusCode(), path);
            assertEquals("", head.body(), path);
            assertEquals(
                    get.headers().firstValue("content-type"),
                    head.headers().firstValue("content-type"),
                    path);
        }
    }

    /// As a proxy keeps connections: what comes after the head of the answer is the next answer.
    @Test
    void head_onAKeptConnection_isFollowedByTheNextAnswer() throws IOException {
        URI at = URI.create(gateway.url());
        for (String path : List.of("/openapi.json", "/", "/v1/nothing", "/v1/chat/completions")) {
            try (Socket socket = new Socket(at.getHost(), at.getPort())) {
                String wrong = "HEAD " + path + " HTTP/1.1\r\nHost: x\r\n\r\nhello\r\n\r\n";
                socket.getOutputStream().write(wrong.getBytes(US_ASCII));
                String answers = new String(socket.getInputStream().readAllBytes(), US_ASCII);
                int end = answers.indexOf("\r\n\r\n") + 4;
                assertTrue(answers.substring(end).startsWith("HTTP/1.1 400"), answers);
                assertTrue(answers.substring(0, end).matches("(?s).*Content-Length: [1-9].*"));
            }
        }
    }

    @Test
    void path_thatIsNotThere_is404InItsForm() {
        for (String path : List.of("/v1/nothing", "/api/nothing", "/nothing", "/v1", "/api/pull")) {
            for (String method : List.of("GET", "POST", "DELETE")) {
                HttpResponse<String> answer = send(method, path, "");
                assertEquals(404, answer.statusCode(), path);
                assertEquals("not_found", code(path, answer));
                assertTrue(answer.body().contains("/openapi.json"), answer.body());
            }
        }
        assertTrue(send("POST", "/v1/responses", "{}").body().contains("/v1/chat/completions"));
    }

    @Test
    void body_ofPost_thatIsNotJsonOrTooLong_isRefusedInItsForm() {
        String key = TestAccount.open(gateway).key();
        for (String path : paths()) {
            JsonNode post = paths.path(path).path("post");
            if (post.path("requestBody").isMissingNode() || path.startsWith("/v1/gateway")) {
                continue;
            }
            String token = new TestBuyer(gateway).token(CurrencyUnit.MSAT, 100, true);
            boolean cloud = path.contains("cloud");
            boolean paid =
                    post.path("responses").has("422") && !path.contains("withdraw") && !cloud;
            String name = paid ? "X-Cashu" : "Authorization";
            String value = paid ? token : "Bearer " + (cloud ? PROVIDER : key);
            HttpResponse<String> broken =
                    send("POST", path, "{\"a\":", name, value, "Content-Type", "application/json");
            assertEquals(400, broken.statusCode(), path);
            assertTrue(Set.of("invalid_json", "invalid_request").contains(code(path, broken)));
            HttpResponse<String> huge =
                    send(
                            "POST",
                            path,
                            " ".repeat(10_600_000),
                            name,
                            value,
                            "Content-Type",
                            "application/json");
            assertEquals(413, huge.statusCode(), path);
            assertEquals("body_too_large", code(path, huge));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/models/, 200",
        "GET, /v1//models, 200",
        "GET, /v1/models///, 200",
        "GET, /healthz/, 200",
        "GET, /api/tags/, 200",
        "POST, /v1/chat/completions/, 401",
        "POST, /v1//chat/completions, 401",
        "GET, /v1/%6dodels, 200",
        "GET, /config.json/, 404"
    })
    void path_writtenInAnotherWay_isFound(String method, String path, int status) {
        HttpResponse<String> answer =
                send(
                        method,
                        path,
                        method.equals("POST") ? CHAT : "",
                        "Content-Type",
                        "application/json");
        assertEquals(status, answer.statusCode(), answer.body());
    }

    @Test
    void pause_countsForEveryWayToWriteAPath() {
        var _ = OPERATOR.post("/pause", "{\"what\":[\"jobs\"]}");
        for (String path :
                List.of(
                        "/v1/chat/completions",
                        "/v1//chat/completions",
                        "/v1/chat/completions/",
                        "/v1/%63hat/completions",
                        "//api/chat",
                        "/api/chat/")) {
            HttpResponse<String> answer =
                    send("POST", path, CHAT, "Content-Type", "application/json");
            assertEquals(503, answer.statusCode(), path);
            assertTrue(answer.body().contains("\"paused\""), path + answer.body());
        }
        assertEquals("paused", code("/api/chat", send("POST", "/api/chat", CHAT)));
        var _ = OPERATOR.post("/resume", "{\"what\":[\"jobs\"]}");
    }

    /// What the server finds before any route.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    hello world              | Host: x      | 400 | no HTTP form
                    GET /healthz HTTP/1.0    | Host: x      | 505 | proxy_http_version 1.1
                    GET /healthz HTTP/1.1    | Bad Header   | 400 | no HTTP form
                    GET /v1/%zz HTTP/1.1     | Host: x      | 400 | no HTTP form
                    """)
    void request_withoutForm_isToldWhatIsWrong(String line, String header, int status, String why)
            throws IOException {
        URI at = URI.create(gateway.url());
        String answer;
        try (Socket socket = new Socket(at.getHost(), at.getPort())) {
            socket.getOutputStream()
                    .write((line + "\r\n" + header + "\r\n\r\n").getBytes(US_ASCII));
            answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
        int end = answer.indexOf("\r\n\r\n");
        String head = answer.substring(0, end).toLowerCase(Locale.ROOT);
        assertTrue(head.startsWith("http/1.1 " + status), head);
        assertTrue(head.contains("x-request-id: req_"), head);
        assertTrue(head.contains("access-control-allow-origin: *"), head);
        JsonNode error = Json.parse(answer.substring(end).strip()).path("error");
        assertEquals("bad_request", error.path("code").asText());
        assertTrue(error.path("message").asText().contains(why), error.toString());
    }
}
