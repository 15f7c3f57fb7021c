package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/// Whatever a node does, the buyer gets its answer from another one, or all of its money back.
final class NodeFailureTest {

    private static final String HELLO =
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}";
    private static final String STOP =
            "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
    private static final int PAID = 50_000;

    private static TestGateway gateway;
    private static TestBuyer buyer;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        "--job.accept=2000", "--job.first_byte=2000", "--job.silence=2000");
        buyer = new TestBuyer(gateway);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @AfterEach
    void audit_afterEveryTest_findsNothing() {
        assertEquals(List.of(), gateway.audit());
    }

    /// A refusal before the stream gives everything back in headers, and again when asked.
    private void assertRefunded(int status, String code, String token, HttpResponse<String> got) {
        assertEquals(status, got.statusCode(), got.body());
        assertEquals(code, Json.parse(got.body()).path("error").path("code").asText());
        assertEquals("false", got.headers().firstValue("x-should-retry").orElse(""));
        String change = got.headers().firstValue("X-Cashu-Change").orElse("");
        JsonNode stored = Json.parse(buyer.outcome(token).body());
        assertEquals("refunded", stored.path("state").asText());
        assertEquals(change, stored.path("token").asText());
        assertEquals(PAID, stored.path("change_msats").asLong());
        assertEquals(PAID, buyer.cash(change));
    }

    @Test
    void node_rejects_refundsWith503() {
        try (TestNode node = TestNode.connect(gateway.url(), List.of("a:1b"), TestNode::reject)) {
            String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
            assertRefunded(
                    503, "no_nodes", token, buyer.complete(token, TestBuyer.request("a:1b", true)));
            assertFalse(node.key().isEmpty());
        }
    }

    @Test
    void node_saysNothing_refundsWith503() {
        try (TestNode node = TestNode.connect(gateway.url(), List.of("b:1b"), (n, job) -> {})) {
            String token = buyer.token(CurrencyUnit.SAT, PAID / 1000, true);
            assertRefunded(
                    503, "no_nodes", token, buyer.complete(token, TestBuyer.request("b:1b", true)));
            assertEquals("job_cancel", node.await("job_cancel").path("type").asText());
        }
    }

    @Test
    void node_acceptsAndFailsAtOnce_refundsWith502() {
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of("c:1b"),
                        (n, job) -> {
                            n.accept(job);
                            n.chunk(job, "{\"error\":{\"message\":\"out of memory\"}}\n");
                        })) {
            String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
            assertRefunded(
                    502,
                    "node_error",
                    token,
                    buyer.complete(token, TestBuyer.request("c:1b", true)));
            assertFalse(node.key().isEmpty());
        }
    }

    @Test
    void node_acceptsAndFallsSilent_refundsWith504() {
        try (TestNode node = TestNode.connect(gateway.url(), List.of("d:1b"), TestNode::accept)) {
            String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
            assertRefunded(
                    504,
                    "node_timeout",
                    token,
                    buyer.complete(token, TestBuyer.request("d:1b", false)));
            assertFalse(node.key().isEmpty());
        }
    }

    @Test
    void node_diesMidStream_refundsInTheStream() {
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of("e:1b"),
                        (n, job) -> {
                            n.accept(job);
                            n.chunk(job, "data: " + HELLO + "\n\n");
                            n.die();
                        })) {
            String token = buyer.token(CurrencyUnit.SAT, PAID / 1000, false);
            HttpResponse<String> response = buyer.complete(token, TestBuyer.request("e:1b", true));

            assertEquals(200, response.statusCode());
            assertTrue(response.body().contains("node_error"), response.body());
            JsonNode change = TestBuyer.changeEvent(response.body());
            assertEquals(0, change.path("cost_msats").asLong());
            assertEquals(PAID, buyer.cash(change));
            assertFalse(node.key().isEmpty());
        }
    }

    @Test
    void node_failsBeforeTheFirstByte_theNextOneAnswers() {
        List<String> models = List.of("f:1b");
        try (TestNode bad = TestNode.connect(gateway.url(), models, (n, job) -> n.die());
                TestNode good = TestNode.answering(gateway.url(), "f:1b", List.of(HELLO, STOP))) {
            for (int i = 0; i < 4; i++) {
                String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
                HttpResponse<String> response =
                        buyer.complete(token, TestBuyer.request("f:1b", true));
                assertEquals(200, response.statusCode(), response.body());
                assertTrue(response.body().contains("Hello"));
                JsonNode change = TestBuyer.changeEvent(response.body());
                long cost = change.path("cost_msats").asLong();
                assertEquals(PAID - cost, buyer.cash(change));
            }
            assertFalse(bad.key().equals(good.key()));
        }
    }

    @Test
    void node_failsInTheMiddleOfAWholeAnswer_theNextOneAnswersAnew() {
        List<String> models = List.of("g:1b");
        try (TestNode bad =
                        TestNode.connect(
                                gateway.url(),
                                models,
                                (n, job) -> {
                                    n.accept(job);
                                    n.chunk(job, "data: " + HELLO + "\n\n");
                                    n.die();
                                });
                TestNode good = TestNode.answering(gateway.url(), "g:1b", List.of(HELLO, STOP))) {
            String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
            HttpResponse<String> response = buyer.complete(token, TestBuyer.request("g:1b", false));
            assertEquals(200, response.statusCode(), response.body());
            assertEquals(
                    "Hello", Json.parse(response.body()).at("/choices/0/message/content").asText());
            assertFalse(bad.key().equals(good.key()));
        }
    }

    @Test
    void node_answersByRequestBody_isHeardAndPaid() {
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of("h:1b"),
                        (n, job) -> {
                            n.accept(job);
                            ObjectNode request = n.fetch(job);
                            assertTrue(request.path("stream").asBoolean());
                            String answer = "data: " + HELLO + "\r\n\r\ndata: " + STOP + "\r\n\r\n";
                            assertEquals(
                                    200, n.respond(job, answer.getBytes(StandardCharsets.UTF_8)));
                        })) {
            String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
            HttpResponse<String> response = buyer.complete(token, TestBuyer.request("h:1b", true));
            assertTrue(response.body().contains("Hello"), response.body());
            ObjectNode receipt = node.await("job_complete");
            assertEquals(5, receipt.path("earned_msats").asLong());
            assertTrue(receipt.path("tokens").asLong() > 0);
            assertTrue(receipt.has("earned_usd"));
        }
    }

    @Test
    void engine_refusesTheRequest_noOtherNodeIsAsked() {
        AtomicInteger asked = new AtomicInteger();
        BiConsumer<TestNode, String> refuse =
                (n, job) -> {
                    asked.incrementAndGet();
                    n.accept(job);
                    n.send(
                            Json.object()
                                    .put("type", "proxy_error")
                                    .put("job_id", job)
                                    .put("code", "bad_request")
                                    .put("retryable", false));
                };
        List<String> models = List.of("k:1b");
        try (TestNode one = TestNode.connect(gateway.url(), models, refuse);
                TestNode two = TestNode.connect(gateway.url(), models, refuse)) {
            String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
            assertRefunded(
                    422,
                    "request_refused",
                    token,
                    buyer.complete(token, TestBuyer.request("k:1b", true)));
            assertEquals(1, asked.get());
            assertFalse(one.key().equals(two.key()));
        }
    }

    @Test
    void engine_thatDoesNotStream_isUnderstood() {
        String whole =
                "{\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":"
                        + "{\"role\":\"assistant\",\"content\":\"Hello\"},"
                        + "\"finish_reason\":\"stop\"}]}";
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of("l:1b"),
                        (n, job) -> {
                            n.accept(job);
                            n.chunk(job, whole);
                            n.done(job);
                        })) {
            String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
            HttpResponse<String> response = buyer.complete(token, TestBuyer.request("l:1b", true));
            assertTrue(response.body().contains("\"content\":\"Hello\""), response.body());
            assertFalse(node.key().isEmpty());
        }
    }

    @Test
    void node_thatRegistersAgain_servesItsNewModels() {
        try (TestNode node = TestNode.answering(gateway.url(), "m:1b", List.of(HELLO, STOP))) {
            node.register(List.of("n:1b"));
            String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
            assertEquals(404, buyer.complete(token, TestBuyer.request("m:1b", true)).statusCode());
            assertEquals(200, buyer.complete(token, TestBuyer.request("n:1b", true)).statusCode());
        }
    }

    @Test
    void node_ofAnotherKey_cannotTouchAJob() {
        try (TestNode stranger = TestNode.connect(gateway.url(), List.of(), (n, job) -> {});
                TestNode node =
                        TestNode.connect(
                                gateway.url(),
                                List.of("i:1b"),
                                (n, job) -> {
                                    stranger.accept(job);
                                    stranger.chunk(job, "data: forged\n\n");
                                    assertEquals(404, stranger.respond(job, new byte[0]));
                                    n.reject(job);
                                })) {
            String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
            assertRefunded(
                    503, "no_nodes", token, buyer.complete(token, TestBuyer.request("i:1b", true)));
            assertFalse(node.key().equals(stranger.key()));
        }
    }

    @Test
    void node_forgesFrames_noneReachesTheBuyer() {
        List<String> hostile =
                List.of(
                        "{\"type\":\"cashu_change\",\"token\":\"cashuAforged\",\"choices\":[]}",
                        "{\"id\":\"evil\",\"model\":\"evil\",\"secret\":1,"
                                + "\"choices\":[{\"index\":0,"
                                + "\"evil\":2,\"delta\":{\"content\":\"Hello\",\"evil\":3}}]}",
                        "{\"choices\":[],\"usage\":{\"prompt_tokens\":2000000000,"
                                + "\"completion_tokens\":2000000000}}",
                        STOP);
        try (TestNode node = TestNode.answering(gateway.url(), "j:1b", hostile)) {
            String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
            HttpResponse<String> response = buyer.complete(token, TestBuyer.request("j:1b", true));
            assertFalse(response.body().contains("evil"), response.body());
            assertFalse(response.body().contains("forged"), response.body());
            assertFalse(response.body().contains("secret"), response.body());
            JsonNode change = TestBuyer.changeEvent(response.body());
            assertTrue(change.path("cost_msats").asLong() < 100, change.toString());
            assertFalse(node.key().isEmpty());
        }
    }

    @Test
    void socket_withWrongKey_isRefusedInJson() {
        HttpResponse<String> plain = gateway.get("/v1/gateway/ws?api_key=owlr_prov_unknown00");
        assertEquals(426, plain.statusCode(), plain.body());
        assertEquals(401, TestNode.statusOfSocket(gateway.url(), "owlr_prov_unknown00"));
        assertEquals(401, TestNode.statusOfSocket(gateway.url(), "no key at all"));
        HttpResponse<String> fetch =
                buyer.post(
                        "/v1/gateway/jobs/job_a_1/proxy/response",
                        Optional.empty(),
                        "x",
                        "Authorization",
                        "Bearer owlr_prov_unknown00");
        assertEquals(401, fetch.statusCode());
    }
}
