package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.gateway.LegacyNodeSim.Engine;
import me.owlrun.gateway.LegacyNodeSim.Way;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// The first client in the field keeps earning, whatever happens around it.
final class LegacyNodeTest {

    private static final Path TRANSCRIPTS =
            Path.of(
                    System.getProperty("owlrun.root"),
                    "gateway",
                    "src",
                    "test",
                    "resources",
                    "legacy");
    private static final String MODEL = "qwen2.5:0.5b";
    private static final int PAID = 50_000;

    private static final String OPENAI =
            """
            data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,\
            "model":"qwen2.5:0.5b","system_fingerprint":"fp_ollama","choices":[{"index":0,\
            "delta":{"role":"assistant","content":"Hello"},"finish_reason":null}]}

            data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,\
            "model":"qwen2.5:0.5b","system_fingerprint":"fp_ollama","choices":[{"index":0,\
            "delta":{"role":"assistant","content":"!"},"finish_reason":null}]}

            data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,\
            "model":"qwen2.5:0.5b","system_fingerprint":"fp_ollama","choices":[{"index":0,\
            "delta":{"role":"assistant","content":""},"finish_reason":"stop"}]}

            data: {"id":"chatcmpl-7","object":"chat.completion.chunk","created":1,\
            "model":"qwen2.5:0.5b","system_fingerprint":"fp_ollama","choices":[],\
            "usage":{"prompt_tokens":31,"completion_tokens":3,"total_tokens":34}}

            data: [DONE]

            """;

    private static final String OLLAMA =
            """
            {"model":"qwen2.5:0.5b","created_at":"2026-11-21T12:00:00Z",\
            "message":{"role":"assistant","content":"Hello"},"done":false}
            {"model":"qwen2.5:0.5b","created_at":"2026-11-21T12:00:00Z",\
            "message":{"role":"assistant","content":"!"},"done":false}
            {"model":"qwen2.5:0.5b","created_at":"2026-11-21T12:00:00Z",\
            "message":{"role":"assistant","content":""},"done":true,"done_reason":"stop",\
            "total_duration":9,"prompt_eval_count":31,"eval_count":3}
            """;

    private static TestGateway gateway;
    private static TestBuyer buyer;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        "--job.first_byte=3000", "--job.silence=3000", "--breaker.failures=1000");
        buyer = new TestBuyer(gateway);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @AfterEach
    void audit_afterEveryTest_findsNothing() {
        Waiting.until("leave", () -> gateway.running().dispatcher().pool().all().isEmpty());
        assertEquals(List.of(), gateway.audit());
    }

    private HttpResponse<String> ask(boolean stream) {
        String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
        return buyer.complete(token, TestBuyer.request(MODEL, stream));
    }

    /// The text of an answer, streamed or whole.
    private static String text(HttpResponse<String> response, boolean stream) {
        assertEquals(200, response.statusCode(), response.body());
        if (!stream) {
            return Json.parse(response.body()).at("/choices/0/message/content").asText();
        }
        StringBuilder text = new StringBuilder();
        for (String event : TestBuyer.events(response.body())) {
            if (!event.equals("[DONE]")) {
                text.append(Json.parse(event).at("/choices/0/delta/content").asText(""));
            }
        }
        return text.toString();
    }

    private static void assertTranscript(LegacyNodeSim sim, String name) throws IOException {
        String passed = String.join("\n", sim.transcript()) + "\n";
        assertEquals(Files.readString(TRANSCRIPTS.resolve(name)), passed);
    }

    @Test
    void client_overTheChannel_earnsAndReadsMillisats() throws IOException {
        try (LegacyNodeSim sim =
                LegacyNodeSim.start(
                        gateway::url, MODEL, Way.CHANNEL, request -> Engine.says(OPENAI))) {
            HttpResponse<String> response = ask(false);
            assertEquals("Hello!", text(response, false));
            assertEquals(34, Json.parse(response.body()).at("/usage/total_tokens").asInt());
            assertEquals(34, sim.await("job_complete").path("tokens").asInt());
            sim.beat();
            ObjectNode ack = sim.await("heartbeat_ack");
            assertEquals(ack.path("balance_msats"), ack.path("balance_sats"));
            assertTrue(ack.path("balance_sats").asLong() > 0);
            assertTranscript(sim, "channel.txt");
        }
    }

    @Test
    void client_byRequestsInOllamasOwnForm_earns() throws IOException {
        try (LegacyNodeSim sim =
                LegacyNodeSim.start(
                        gateway::url, MODEL, Way.REQUEST, request -> Engine.says(OLLAMA))) {
            HttpResponse<String> response = ask(true);
            assertEquals("Hello!", text(response, true));
            assertFalse(response.body().contains("total_duration"));
            JsonNode change = TestBuyer.changeEvent(response.body());
            assertEquals(PAID - change.path("cost_msats").asLong(), buyer.cash(change));
            assertEquals(34, sim.await("job_complete").path("tokens").asInt());
            assertTranscript(sim, "request.txt");
        }
    }

    @Test
    void client_thatCutsCharacters_isUnderstoodAllTheSame() {
        String word =
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"grün 🦉 \"}}]}\n\n";
        String answer =
                word.repeat(400)
                        + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
        try (LegacyNodeSim sim =
                LegacyNodeSim.start(
                        gateway::url, MODEL, Way.CHANNEL, request -> Engine.says(answer))) {
            for (boolean stream : List.of(true, false)) {
                String text = text(ask(stream), stream);
                String expected = "grün 🦉 ".repeat(400);
                assertTrue(text.length() >= expected.length(), text.length() + " characters");
                assertEquals(expected.replaceAll("[^a-z ]", ""), text.replaceAll("[^a-z ]", ""));
                assertTrue(sim.await("job_complete").path("earned_msats").asLong() > 0);
            }
        }
    }

    @Test
    void goString_cutCharacters_becomeReplacements() {
        byte[] owl = "a🦉".getBytes(StandardCharsets.UTF_8);
        assertEquals("a🦉", LegacyNodeSim.goString(owl));
        assertEquals("a\uFFFD\uFFFD\uFFFD", LegacyNodeSim.goString(Arrays.copyOf(owl, 4)));
    }

    @Test
    void client_thatFailsInSilence_costsNobodyAnythingAndGoesOnEarning() {
        AtomicInteger jobs = new AtomicInteger();
        try (LegacyNodeSim sim =
                LegacyNodeSim.start(
                        gateway::url,
                        MODEL,
                        Way.CHANNEL,
                        request ->
                                switch (jobs.incrementAndGet()) {
                                    case 1 -> new Engine("", true);
                                    case 2 -> new Engine(OPENAI.substring(0, 300), true);
                                    case 3 -> Engine.says(OPENAI.substring(0, 600));
                                    default -> Engine.says(OPENAI);
                                })) {
            for (String code : List.of("node_timeout", "node_timeout", "node_error")) {
                String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
                HttpResponse<String> response =
                        buyer.complete(token, TestBuyer.request(MODEL, false));
                assertEquals(code, Json.parse(response.body()).at("/error/code").asText());
                assertEquals(
                        PAID,
                        buyer.cash(response.headers().firstValue("X-Cashu-Change").orElse("")));
            }
            assertEquals("Hello!", text(ask(true), true));
            assertTrue(sim.await("job_complete").path("earned_msats").asLong() > 0);
        }
    }

    @Test
    void client_thatLosesItsConnectionAndItsGateway_isBack() {
        try (LegacyNodeSim sim =
                LegacyNodeSim.start(
                        gateway::url, MODEL, Way.CHANNEL, request -> Engine.says(OPENAI))) {
            assertEquals("Hello!", text(ask(true), true));
            sim.loseConnection();
            var _ = sim.await("heartbeat_ack");
            assertEquals("Hello!", text(ask(false), false));

            gateway.stopGateway();
            var _ = sim.await("drain");
            gateway.startGateway();
            var _ = sim.await("heartbeat_ack");
            assertEquals("Hello!", text(ask(true), true));
            sim.beat();
            assertEquals(3, sim.await("heartbeat_ack").path("jobs_today").asInt());
            assertFalse(sim.transcript().contains("read limit exceeded"));
        }
    }
}
