package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodeLink;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Connections of nodes: newer ones, dead ones, shared ones, and what the operator does to them.
final class NodeConnectionTest {

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
                        "--node.silence=2",
                        "--relay.wait=60000",
                        "--http.write=30",
                        "--ramp.start=100");
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

    private static void answer(TestNode node, String job, String... events) {
        node.accept(job);
        for (String event : events) {
            node.chunk(job, "data: " + event + "\n\n");
        }
        node.done(job);
    }

    private static HttpResponse<String> ask(String model) {
        String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
        return buyer.complete(token, TestBuyer.request(model, false));
    }

    @Test
    void node_thatConnectsTwice_isHeardOnTheNewerConnectionOnly() throws Exception {
        BlockingQueue<TestNode> second = new LinkedBlockingQueue<>();
        try (TestNode first =
                TestNode.connect(
                        gateway.url(),
                        List.of("a:1b"),
                        (n, job) -> {
                            n.accept(job);
                            n.chunk(job, "data: " + HELLO.replace("Hello", "late") + "\n\n");
                            second.add(n.again((m, other) -> answer(m, other, HELLO, STOP)));
                            try {
                                answer(n, job, HELLO.replace("Hello", "late"), STOP);
                            } catch (CompletionException e) {
                                // The gateway has closed the older connection.
                            }
                        })) {
            HttpResponse<String> response = ask("a:1b");
            assertEquals(200, response.statusCode(), response.body());
            assertEquals(
                    "Hello", Json.parse(response.body()).at("/choices/0/message/content").asText());
            try (TestNode newer = Objects.requireNonNull(second.poll(30, TimeUnit.SECONDS))) {
                assertEquals(first.nodeId(), newer.nodeId());
                assertTrue(newer.await("job_complete").path("earned_msats").asLong() > 0);
            }
        }
    }

    @Test
    void connection_halfOpen_isCutInTimeAndItsJobGoesOn() throws Exception {
        BlockingQueue<TestNode> second = new LinkedBlockingQueue<>();
        try (FreezingLine line = new FreezingLine(gateway.url());
                TestNode dead =
                        TestNode.connect(
                                line.url(),
                                List.of("b:1b"),
                                (n, job) -> {
                                    n.accept(job);
                                    second.add(
                                            TestNode.answering(
                                                    gateway.url(), "b:1b", List.of(HELLO, STOP)));
                                    line.freeze();
                                })) {
            BlockingQueue<HttpResponse<String>> answers = new LinkedBlockingQueue<>();
            Thread.ofVirtual().start(() -> answers.add(ask("b:1b")));
            try (TestNode alive = second.poll(20, TimeUnit.SECONDS)) {
                HttpResponse<String> answer = answers.poll(30, TimeUnit.SECONDS);
                assertEquals(200, answer.statusCode(), answer.body());
                assertTrue(answer.body().contains("Hello"));
                List<String> there =
                        gateway.running().dispatcher().pool().all().stream()
                                .map(node -> node.identity().nodeId())
                                .toList();
                assertFalse(there.contains(dead.nodeId()));
                assertTrue(there.contains(alive.nodeId()));
            }
        }
    }

    @Test
    void node_thatOnlyAnswersPings_stays() {
        try (TestNode node = TestNode.connect(gateway.url(), List.of("c:1b"), (n, job) -> {})) {
            for (int i = 0; i < 3; i++) {
                assertEquals("ping", node.await("ping").path("type").asText());
            }
            assertEquals("online", node.beat().path("status").asText());
        }
    }

    /// Opens a stream by hand, so that it can be left unread.
    private static Socket openStream(String token, String model) throws IOException {
        URI uri = URI.create(gateway.url());
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        byte[] body = Json.bytes(TestBuyer.request(model, true));
        String head =
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                        + "Content-Type: application/json\r\n"
                        + "X-Cashu: %s\r\nContent-Length: %d\r\n\r\n".formatted(token, body.length);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
        return socket;
    }

    @Test
    void buyer_whoStopsReading_holdsUpItsOwnJobOnlyAndPaysForWhatCame() throws Exception {
        String big = "data: " + HELLO.replace("Hello", "x".repeat(20_000)) + "\n\n";
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of("d:70b", "e:1b"),
                        Json.object().put("capacity", 2),
                        (n, job) -> {
                            if (n.fetch(job).path("model").asText().equals("e:1b")) {
                                answer(n, job, HELLO, STOP);
                                return;
                            }
                            n.accept(job);
                            for (int i = 0; i < 1_000; i++) {
                                n.chunk(job, big);
                            }
                            n.done(job);
                        })) {
            String token = buyer.token(CurrencyUnit.SAT, 5_000, true);
            try (Socket socket = openStream(token, "d:70b")) {
                String cancelled = node.await("job_cancel").path("job_id").asText();
                long before = System.nanoTime();
                assertEquals(200, ask("e:1b").statusCode());
                assertTrue(System.nanoTime() - before < TimeUnit.SECONDS.toNanos(20), cancelled);

                socket.setSoTimeout(30_000);
                assertStreamEndsWell(socket, token);
            }
        }
    }

    private static void assertStreamEndsWell(Socket socket, String token) throws IOException {
        StringBuilder read = new StringBuilder();
        byte[] buffer = new byte[65_536];
        while (read.indexOf("\r\n0\r\n\r\n") < 0) {
            int length = socket.getInputStream().read(buffer);
            assertTrue(length > 0, "the stream broke off");
            read.append(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
            read.delete(0, Math.max(0, read.length() - 100_000));
        }
        assertTrue(read.indexOf("\"finish_reason\":\"length\"") > 0);
        assertTrue(read.indexOf("[DONE]") < read.lastIndexOf("[DONE]"));
        JsonNode outcome = Json.parse(buyer.outcome(token).body());
        assertEquals("settled", outcome.path("state").asText());
        assertTrue(outcome.path("cost_msats").asLong() >= 10);
        assertEquals(5_000_000 - outcome.path("cost_msats").asLong(), buyer.cash(outcome));
    }

    @Test
    void answer_byARequestThatNeverEnds_isCutOff() throws Exception {
        BlockingQueue<Boolean> cut = new LinkedBlockingQueue<>();
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of("j:1b"),
                        (n, job) -> {
                            n.accept(job);
                            cut.add(isCutOff(n, job));
                        })) {
            HttpResponse<String> response = ask("j:1b");
            assertEquals(200, response.statusCode(), response.body());
            assertEquals("job_complete", node.await("job_complete").path("type").asText());
            assertEquals(true, cut.poll(25, TimeUnit.SECONDS));
        }
    }

    /// Answers by a request without end and waits for the gateway to close the connection.
    private static boolean isCutOff(TestNode node, String job) {
        String body = "data: " + HELLO + "\n\ndata: " + STOP + "\n\ndata: [DONE]\n\n";
        String request =
                "POST /v1/gateway/jobs/%s/proxy/response HTTP/1.1\r\nHost: x\r\n".formatted(job)
                        + "Authorization: Bearer %s\r\n".formatted(node.key())
                        + "Transfer-Encoding: chunked\r\n\r\n%x\r\n".formatted(body.length())
                        + body
                        + "\r\n";
        URI uri = URI.create(gateway.url());
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            byte[] answer = socket.getInputStream().readAllBytes();
            return answer.length < 10_000;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void node_inMaintenance_getsNoJobsAndIsTold() {
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of("f:1b"),
                        Json.object().put("protocol", 2),
                        (n, job) -> answer(n, job, HELLO, STOP))) {
            NodeIdentity identity = identity(node);
            TestSql.execute(
                    gateway,
                    "INSERT INTO node_maintenance VALUES (%d, '%s', 'look at your answers', now())"
                            .formatted(identity.providerId(), identity.nodeId()));
            gateway.running().dispatcher().tellMaintenance(identity, "look at your answers");
            ObjectNode told = node.await("maintenance");
            assertTrue(told.path("on").asBoolean());
            assertEquals("look at your answers", told.path("message").asText());
            assertEquals("maintenance", node.beat().path("status").asText());
            assertEquals(404, ask("f:1b").statusCode());
            try (TestNode again = node.again((n, job) -> answer(n, job, HELLO, STOP))) {
                assertEquals("maintenance", again.beat().path("status").asText());
                TestSql.execute(gateway, "DELETE FROM node_maintenance");
                gateway.running().dispatcher().tellMaintenance(identity, "");
                assertFalse(again.await("maintenance").path("on").asBoolean(true));
                Waiting.until("jobs again", () -> ask("f:1b").statusCode() == 200);
            }
        }
    }

    private static NodeIdentity identity(TestNode node) {
        return gateway.running().dispatcher().pool().all().stream()
                .map(NodeLink::identity)
                .filter(identity -> identity.nodeId().equals(node.nodeId()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void node_thatResumesJobsThatAreOver_isToldToStop() {
        try (TestNode node = TestNode.connect(gateway.url(), List.of("g:1b"), (n, job) -> {})) {
            ObjectNode resume = Json.object().put("type", "resume");
            resume.putArray("jobs").add("job_a_gone");
            node.send(resume);
            assertEquals("job_a_gone", node.await("job_cancel").path("job_id").asText());
        }
    }

    @Test
    void node_heartbeat_isKeptAndDrainingStopsJobs() {
        try (TestNode node = TestNode.connect(gateway.url(), List.of("h:1b"), (n, job) -> {})) {
            node.send(
                    Json.object()
                            .put("type", "heartbeat")
                            .put("gpu_util_pct", 97)
                            .put("temp_c", 71)
                            .put("earning_state", "draining"));
            Waiting.until(
                    "draining",
                    () ->
                            gateway.running().dispatcher().pool().find(identity(node)).stream()
                                    .anyMatch(link -> link.vitals().isDraining()));
            NodeLink link =
                    gateway.running().dispatcher().pool().find(identity(node)).orElseThrow();
            assertEquals(97, link.vitals().gpuUtilPct());
            assertEquals(71, link.vitals().tempC());
            assertFalse(link.takesJobs());
        }
    }

    @Test
    void address_thatChanges_isDated() {
        ObjectNode fields = Json.object().put("lightning_address", "you@example.com");
        try (TestNode node =
                TestNode.connect(gateway.url(), List.of("i:1b"), fields, (n, job) -> {})) {
            String changed =
                    "SELECT count(*) FROM node WHERE node_id = '%s'".formatted(node.nodeId())
                            + " AND lightning_address_changed_at > first_registered_at";
            node.register(List.of("i:1b"));
            assertEquals(0, TestSql.number(gateway, changed));
            node.field("lightning_address", "other@example.com");
            node.register(List.of("i:1b"));
            assertEquals(1, TestSql.number(gateway, changed));
            assertEquals(
                    1,
                    TestSql.number(
                            gateway,
                            "SELECT count(*) FROM node"
                                    + " WHERE lightning_address = 'other@example.com'"));
        }
    }
}
