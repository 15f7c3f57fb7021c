package me.owlrun.agent.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.problem.Problem;
import me.owlrun.agent.wire.Json;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The owner's page: what it shows, and whom it refuses.
final class DashboardTest {
    private static final String TOKEN = "0123456789abcdef";
    private final FakeControls controls = new FakeControls();
    private Dashboard dashboard;

    @BeforeEach
    void start() {
        dashboard = Dashboard.start(0, () -> status().document(), controls, TOKEN);
    }

    @AfterEach
    void stop() {
        dashboard.close();
    }

    @Test
    void status_fromThisMachine_hasTheDocumentedNames() throws IOException {
        String answer = get("/api/status", "127.0.0.1:" + dashboard.port(), "");
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        var document = Json.readObject(answer.substring(answer.indexOf("\r\n\r\n"))).orElseThrow();
        for (String name :
                List.of(
                        "node_id",
                        "provider_key",
                        "version",
                        "network",
                        "state",
                        "error_detail",
                        "job_mode",
                        "wallet",
                        "gpu",
                        "model",
                        "models",
                        "earnings",
                        "gateway",
                        "context_length",
                        "keep_warm",
                        "free_tier_pct",
                        "lightning_address",
                        "redeem_threshold",
                        "btc_price",
                        "problems")) {
            assertTrue(document.has(name), name);
        }
        assertEquals("It is dark.", document.path("error_detail").asText());
        assertEquals(1_840_042, document.at("/earnings/total_msats").asLong());
        assertEquals("light a lamp", document.at("/problems/0/fix").asText());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/dashboard.css",
                "/dashboard.js",
                "/panels.js",
                "/chart.js",
                "/healthz"
            })
    void page_everyFile_isSelfContainedAndGuarded(String path) throws IOException {
        String answer = get(path, "localhost:" + dashboard.port(), "");
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        String head = answer.substring(0, answer.indexOf("\r\n\r\n"));
        assertTrue(head.contains("Content-Security-Policy: default-src 'none'"), head);
        assertTrue(head.contains("nosniff"), head);
        assertFalse(head.toLowerCase(Locale.ROOT).contains("access-control"), head);
        String body = answer.substring(head.length());
        assertFalse(body.contains("http://") || body.contains("https://"), "a foreign address");
        assertFalse(body.contains("innerHTML"), body);
    }

    @ParameterizedTest
    @CsvSource({
        "evil.example, ''",
        "evil.example:PORT, ''",
        "127.0.0.1.evil.example:PORT, ''",
        "127.0.0.1, ''",
        "127.0.0.1:1, ''",
        "'', ''",
        "127.0.0.1:PORT, http://evil.example",
        "127.0.0.1:PORT, https://127.0.0.1:PORT",
        "127.0.0.1:PORT, http://127.0.0.1:1",
        "127.0.0.1:PORT, null",
    })
    void anything_fromForeignHostOrOrigin_isRefused(String host, String origin) throws IOException {
        String port = Integer.toString(dashboard.port());
        for (String path : List.of("/", "/api/status", "/healthz", "/nothing")) {
            String answer = get(path, host.replace("PORT", port), origin.replace("PORT", port));
            assertTrue(
                    answer.startsWith("HTTP/1.1 403") || answer.startsWith("HTTP/1.1 400"),
                    () -> host + " " + origin + ": " + answer);
            assertFalse(answer.contains("node-1"), answer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "[::1]", "LOCALHOST"})
    void status_fromTheOwnOrigin_isGiven(String name) throws IOException {
        String host = name + ":" + dashboard.port();
        assertTrue(get("/api/status", host, "http://" + host).startsWith("HTTP/1.1 200"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "OPTIONS", "HEAD"})
    void anything_butGetAndPost_isRefused(String method) throws IOException {
        String answer = send(method, "/api/status", "127.0.0.1:" + dashboard.port(), "");
        assertTrue(answer.startsWith("HTTP/1.1 405"), answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "owlrun_session=", "owlrun_session=wrong", "x=0123456789abcdef"})
    void actionsAndSecrets_withoutTheToken_areRefused(String cookie) throws IOException {
        for (String path : List.of("/api/pause", "/api/claim-ecash", "/api/nothing")) {
            String answer = post(path, cookie, "{}");
            assertTrue(answer.startsWith("HTTP/1.1 401"), answer);
        }
        for (String path : List.of("/api/key", "/api/ecash", "/api/log")) {
            String answer = get(path, "127.0.0.1:" + dashboard.port(), "");
            assertTrue(answer.startsWith("HTTP/1.1 401"), answer);
        }
        assertEquals(List.of(), controls.done);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "pause | {\"minutes\":60} | pause Optional[PT1H]",
                "pause | {} | pause Optional.empty",
                "resume | {} | resume",
                "set-job-mode | {\"mode\":\"always\"} | set idle job_mode always",
                "set-lightning-address | {\"address\":\"a@b\"} | set account lightning_address a@b",
                "set-redeem-threshold | {\"threshold\":700} | set account redeem_threshold 700",
                "set-free-tier | {\"pct\":5} | set account free_tier_pct 5",
                "set-context-length | {\"context_length\":0} | set inference context_length 0",
                "set-keep-warm | {\"on\":false} | set inference keep_warm false",
                "switch-model | {\"model\":\"qwen3:8b\"} | set inference model qwen3:8b",
                "pull-model | {\"model\":\"qwen3:8b\"} | pull qwen3:8b",
                "remove-model | {\"model\":\"qwen3:8b\"} | remove qwen3:8b",
                "ecash-spent | {\"id\":\"x\"} | spent x",
                "claim-ecash | {\"amount_sats\":5} | claim 5",
                "claim-ecash | {} | claim 0",
            })
    void action_withTheToken_isDone(String name, String body, String done) throws IOException {
        String answer = post("/api/" + name, "a=b; owlrun_session=" + TOKEN, body);
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        assertEquals(List.of(done), controls.done);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "set-lightning-address | {\"address\":\"a@b.c\\napi_key = x\"} | 400",
                "set-job-mode | {\"mode\":[1]} | 400",
                "set-job-mode | {} | 400",
                "set-job-mode | no | 400",
                "pull-model | {\"model\":\"a b\"} | 400",
                "claim-ecash | {\"amount_sats\":-1} | 400",
                "nothing | {} | 404",
            })
    void action_withABadBody_changesNothing(String name, String body, int code) throws IOException {
        String answer = post("/api/" + name, "owlrun_session=" + TOKEN, body);
        assertTrue(answer.startsWith("HTTP/1.1 " + code), answer);
        assertEquals(List.of(), controls.done);
    }

    @Test
    void session_withTheToken_getsACookieThatNoOtherSiteCanUse() throws IOException {
        String host = "127.0.0.1:" + dashboard.port();
        String opened = get("/session?token=" + TOKEN, host, "");
        assertTrue(opened.startsWith("HTTP/1.1 303"), opened);
        assertTrue(opened.contains("HttpOnly; SameSite=Strict"), opened);
        assertFalse(get("/session?token=wrong", host, "").contains("Set-Cookie"));
    }

    @Test
    void action_fromAForeignOriginWithTheToken_isRefused() throws IOException {
        String answer =
                exchange(
                        "POST /api/pause HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                                        .formatted(dashboard.port())
                                + "Origin: http://evil.example\r\nCookie: owlrun_session="
                                + TOKEN
                                + "\r\nContent-Length: 2\r\n\r\n{}");
        assertTrue(answer.startsWith("HTTP/1.1 403"), answer);
        assertEquals(List.of(), controls.done);
    }

    @Test
    void start_onATakenPort_saysWhatToDo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            AgentException refused =
                    assertThrows(
                            AgentException.class,
                            () ->
                                    Dashboard.start(
                                            taken.getLocalPort(),
                                            () -> status().document(),
                                            controls,
                                            TOKEN));
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("Port " + taken.getLocalPort()), message);
            assertTrue(message.contains("--port"), message);
        }
    }

    private String get(String path, String host, String origin) throws IOException {
        return send("GET", path, host, origin);
    }

    private String post(String path, String cookie, String body) throws IOException {
        return exchange(
                "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: %s\r\n"
                        .concat("Content-Length: %d\r\n\r\n%s")
                        .formatted(path, dashboard.port(), cookie, body.length(), body));
    }

    private String exchange(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), dashboard.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return read(socket);
        }
    }

    /// A request as a browser cannot be kept from sending it: any Host, any Origin.
    private String send(String method, String path, String host, String origin) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), dashboard.port())) {
            socket.setSoTimeout(5_000);
            String request =
                    "%s %s HTTP/1.1\r\n%s%sContent-Length: 0\r\n\r\n"
                            .formatted(
                                    method,
                                    path,
                                    host.isEmpty() ? "" : "Host: " + host + "\r\n",
                                    origin.isEmpty() ? "" : "Origin: " + origin + "\r\n");
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return read(socket);
        }
    }

    /// Reads the head and as much of a body as it announces.
    private static String read(Socket socket) throws IOException {
        var answer = new ByteArrayOutputStream();
        String text = "";
        while (!isWhole(text)) {
            int octet = socket.getInputStream().read();
            if (octet < 0) {
                return text;
            }
            answer.write(octet);
            text = answer.toString(StandardCharsets.UTF_8);
        }
        return text;
    }

    private static boolean isWhole(String text) {
        int head = text.indexOf("\r\n\r\n");
        if (head < 0) {
            return false;
        }
        int length =
                text.substring(0, head)
                        .lines()
                        .filter(line -> line.startsWith("Content-Length: "))
                        .mapToInt(line -> Integer.parseInt(line.substring(16)))
                        .findFirst()
                        .orElse(0);
        return text.substring(head + 4).getBytes(StandardCharsets.UTF_8).length >= length;
    }

    private static Status status() {
        return new Status(
                new Status.Identity("node-1", "owlr_prov_ab12…", "0.1.0", "beta"),
                new Status.DutyView("earning", "Earning."),
                new Status.SettingsView("idle", "you@minibits.cash", 500, 0, 8192, true),
                new Status.GpuView("CPU", "cpu", 0, 0, 0, 0, BigDecimal.ZERO),
                List.of("qwen2.5:0.5b"),
                "mock",
                new Status.Jobs(0, 4, 14, 0, 0, 52_340),
                new Status.Earned(14, 52_340, 1_840_042, "1840.042"),
                new Status.GatewayView(
                        "gateway",
                        true,
                        Optional.of(
                                new Status.Stats(
                                        "online",
                                        14,
                                        52_340,
                                        new BigDecimal("0.0031"),
                                        1_840_042,
                                        0,
                                        Optional.empty(),
                                        Optional.empty()))),
                List.of(Problem.error("dark", "It is dark.", "light a lamp")));
    }
}
