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

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The shape of streams, budgets, and buyers who hang up or do not read.
final class StreamingTest {

    private static final String HELLO =
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}";
    private static final String STOP =
            "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}";
    private static final String USAGE =
            "{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1}}";

    private static TestGateway gateway;
    private static TestBuyer buyer;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("--http.write=1", "--relay.wait=1500");
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

    private static ObjectNode withUsage(ObjectNode request) {
        request.putObject("stream_options").put("include_usage", true);
        return request;
    }

    @Test
    void stream_ofAnyNode_hasTheShapeThatSdksNeed() {
        try (TestNode node =
                TestNode.answering(gateway.url(), "a:1b", List.of(HELLO, USAGE, "[DONE]"))) {
            String token = buyer.token(CurrencyUnit.MSAT, 5_000, true);
            HttpResponse<String> response =
                    buyer.complete(token, withUsage(TestBuyer.request("a:1b", true)));
            assertEquals(
                    "text/event-stream; charset=utf-8",
                    response.headers().firstValue("Content-Type").orElse(""));
            assertEquals("no-store", response.headers().firstValue("Cache-Control").orElse(""));
            assertTrue(response.body().startsWith(": OWLRUN PROCESSING\n\n"));
            List<String> events = TestBuyer.events(response.body());
            JsonNode role = Json.parse(events.get(0));
            assertEquals("assistant", role.at("/choices/0/delta/role").asText());
            assertTrue(role.path("choices").path(0).has("finish_reason"));
            assertEquals(
                    "Hello", Json.parse(events.get(1)).at("/choices/0/delta/content").asText());
            assertEquals("stop", Json.parse(events.get(2)).at("/choices/0/finish_reason").asText());
            assertEquals(10, Json.parse(events.get(3)).at("/usage/total_tokens").asInt());
            assertEquals("[DONE]", events.get(4));
            assertEquals("cashu_change", Json.parse(events.get(5)).path("type").asText());
            assertEquals("[DONE]", events.get(6));
            assertEquals(7, events.size());
            for (int i : List.of(0, 1, 2, 3, 5)) {
                JsonNode chunk = Json.parse(events.get(i));
                assertEquals(role.path("id"), chunk.path("id"));
                assertEquals("chat.completion.chunk", chunk.path("object").asText());
                assertEquals("a:1b", chunk.path("model").asText());
            }
            assertEquals(4_990, buyer.cash(Json.parse(events.get(5))));
            assertFalse(node.key().isEmpty());
        }
    }

    @Test
    void change_forClientsThatStopAtDone_comesBeforeIt() {
        try (TestNode node = TestNode.answering(gateway.url(), "b:1b", List.of(HELLO, STOP))) {
            for (List<String> headers :
                    List.of(
                            List.of("X-Cashu-Change-Mode", "inline"),
                            List.of("User-Agent", "OpenAI/Python 3.22.1"))) {
                String token = buyer.token(CurrencyUnit.SAT, 5, false);
                HttpResponse<String> response =
                        buyer.complete(
                                token,
                                TestBuyer.request("b:1b", true),
                                headers.get(0),
                                headers.get(1));
                List<String> events = TestBuyer.events(response.body());
                assertEquals("[DONE]", events.getLast());
                JsonNode change = Json.parse(events.get(events.size() - 2));
                assertEquals("cashu_change", change.path("type").asText());
                assertEquals(4_990, buyer.cash(change));
                assertEquals(1, events.stream().filter(event -> event.equals("[DONE]")).count());
            }
            assertFalse(node.key().isEmpty());
        }
    }

    @Test
    void token_ofExactlyTheCost_givesEmptyChange() {
        try (TestNode node = TestNode.answering(gateway.url(), "c:0.5b", List.of(HELLO, STOP))) {
            String token = buyer.token(CurrencyUnit.MSAT, 10, true);
            HttpResponse<String> response =
                    buyer.complete(token, TestBuyer.request("c:0.5b", true));
            JsonNode change = TestBuyer.changeEvent(response.body());
            assertEquals("", change.path("token").asText("x"));
            assertEquals(0, change.path("change_msats").asLong(-1));
            assertEquals(10, change.path("cost_msats").asLong());
            assertFalse(node.key().isEmpty());
        }
    }

    @Test
    void stream_beyondMaxTokens_isStoppedAndTheNodeTold() {
        List<String> many = Collections.nCopies(50, HELLO);
        try (TestNode node = TestNode.answering(gateway.url(), "d:70b", many)) {
            String token = buyer.token(CurrencyUnit.MSAT, 5_000, true);
            ObjectNode request = TestBuyer.request("d:70b", true).put("max_tokens", 3);
            HttpResponse<String> response = buyer.complete(token, withUsage(request));
            List<String> events = TestBuyer.events(response.body());
            assertEquals(3, events.stream().filter(event -> event.contains("Hello")).count());
            assertTrue(response.body().contains("\"finish_reason\":\"length\""));
            assertTrue(response.body().contains("\"completion_tokens\":3"));
            assertEquals("job_cancel", node.await("job_cancel").path("type").asText());
        }
    }

    @Test
    void request_atTheNode_saysNothingOfTheBuyer() {
        CountDownLatch seen = new CountDownLatch(1);
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of("e:70b"),
                        (n, job) -> {
                            n.accept(job);
                            ObjectNode request = n.fetch(job);
                            assertFalse(request.has("user"));
                            assertFalse(request.has("max_completion_tokens"));
                            assertTrue(request.path("stream").asBoolean());
                            assertTrue(request.at("/stream_options/include_usage").asBoolean());
                            assertEquals(7, request.path("max_tokens").asInt());
                            assertEquals(5, request.path("seed").asInt());
                            assertEquals("system", request.at("/messages/0/role").asText());
                            seen.countDown();
                            n.chunk(job, "data: " + HELLO + "\n\ndata: " + STOP + "\n\n");
                            n.done(job);
                        })) {
            String token = buyer.token(CurrencyUnit.MSAT, 5_000, true);
            ObjectNode request = TestBuyer.request("e:70b", false);
            request.put("user", "me").put("max_completion_tokens", 7).put("seed", 5);
            ((ObjectNode) request.at("/messages/0")).put("role", "developer");
            assertEquals(200, buyer.complete(token, request).statusCode());
            assertEquals(0, seen.getCount());
            assertFalse(node.key().isEmpty());
        }
    }

    /// Opens a stream by hand, so that it can be left unread or cut.
    private static Socket openStream(String token, String model) throws IOException {
        URI uri = URI.create(gateway.url());
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setReceiveBufferSize(4_096);
        byte[] body = Json.bytes(TestBuyer.request(model, true));
        String head =
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
                        + "Content-Type: application/json\r\n"
                        + "X-Cashu: %s\r\nContent-Length: %d\r\n\r\n".formatted(token, body.length);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
        return socket;
    }

    @Test
    void buyer_whoHangsUp_paysForWhatWasProducedAndGetsTheRest() throws Exception {
        CountDownLatch hungUp = new CountDownLatch(1);
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of("f:70b"),
                        (n, job) -> {
                            n.accept(job);
                            n.chunk(job, ("data: " + HELLO + "\n\n").repeat(20));
                            await(hungUp);
                            for (int i = 0; i < 200; i++) {
                                n.chunk(job, "data: " + HELLO + "\n\n");
                            }
                        })) {
            String token = buyer.token(CurrencyUnit.MSAT, 500_000, true);
            Socket socket = openStream(token, "f:70b");
            assertTrue(socket.getInputStream().read() >= 0);
            socket.close();
            hungUp.countDown();

            assertEquals("job_cancel", node.await("job_cancel").path("type").asText());
            Waiting.until("outcome", () -> buyer.outcome(token).statusCode() == 200);
            JsonNode outcome = Json.parse(buyer.outcome(token).body());
            assertEquals("settled", outcome.path("state").asText());
            assertTrue(outcome.path("cost_msats").asLong() >= 10);
            assertTrue(outcome.at("/usage/completion_tokens").asLong() >= 1);
            assertEquals(500_000 - outcome.path("cost_msats").asLong(), buyer.cash(outcome));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void buyer_whoDoesNotRead_isCutOffAndGetsItsChangeLater() throws Exception {
        String big =
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
                        + "x".repeat(20_000)
                        + "\"}}]}\n\n";
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of("g:70b"),
                        (n, job) -> {
                            n.accept(job);
                            for (int i = 0; i < 2_000; i++) {
                                n.chunk(job, big);
                            }
                            n.done(job);
                        })) {
            String token = buyer.token(CurrencyUnit.SAT, 5_000, true);
            try (Socket socket = openStream(token, "g:70b")) {
                Waiting.until("outcome", () -> buyer.outcome(token).statusCode() == 200);
                JsonNode outcome = Json.parse(buyer.outcome(token).body());
                assertEquals("settled", outcome.path("state").asText());
                assertEquals(5_000_000 - outcome.path("cost_msats").asLong(), buyer.cash(outcome));
                assertTrue(socket.isConnected());
                assertFalse(node.key().isEmpty());
            }
        }
    }
}
