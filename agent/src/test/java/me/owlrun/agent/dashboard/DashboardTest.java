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
    private Dashboard dashboard;

    @BeforeEach
    void start() {
        dashboard = Dashboard.start(0, DashboardTest::status);
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
    @ValueSource(strings = {"/", "/dashboard.css", "/dashboard.js", "/healthz"})
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
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "HEAD"})
    void anything_butGet_isRefused(String method) throws IOException {
        String answer = send(method, "/api/status", "127.0.0.1:" + dashboard.port(), "");
        assertTrue(answer.startsWith("HTTP/1.1 405"), answer);
    }

    @Test
    void start_onATakenPort_saysWhatToDo() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            AgentException refused =
                    assertThrows(
                            AgentException.class,
                            () -> Dashboard.start(taken.getLocalPort(), DashboardTest::status));
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("Port " + taken.getLocalPort()), message);
            assertTrue(message.contains("--port"), message);
        }
    }

    private String get(String path, String host, String origin) throws IOException {
        return send("GET", path, host, origin);
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
