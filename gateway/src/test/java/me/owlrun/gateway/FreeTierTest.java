package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Who does not pay is served where a node gives capacity away, within limits, and never in the way
/// of those who pay. Each test has a model, nodes and client addresses of its own.
final class FreeTierTest {

    private static final List<String> ANSWER =
            List.of(
                    "{\"choices\":[{\"delta\":{\"content\":\"Hello dear\"}}]}",
                    "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}",
                    "{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2}}",
                    "[DONE]");

    private static TestGateway gateway;
    private static TestBuyer buyer;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        "--guard.trusted_proxies=127.0.0.0/8",
                        "--karma.every=100",
                        "--karma.requester_tokens=3");
        buyer = new TestBuyer(gateway);
    }

    @AfterAll
    static void stop() {
        assertEquals(List.of(), gateway.audit());
        gateway.close();
    }

    private static TestNode giving(String model, int percent) {
        ObjectNode more = Json.object().put("free_tier_pct", percent);
        return TestNode.connect(
                gateway.url(),
                List.of(model),
                more,
                (node, job) -> {
                    node.accept(job);
                    ANSWER.forEach(event -> node.chunk(job, "data: " + event + "\n\n"));
                    node.done(job);
                });
    }

    private static HttpResponse<String> ask(String model, String from) {
        return ask(TestBuyer.request(model, true), from);
    }

    private static HttpResponse<String> ask(ObjectNode body, String from, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 2, headers.length);
        all[0] = "X-Forwarded-For";
        all[1] = from;
        return buyer.post("/v1/chat/completions", Optional.empty(), Json.text(body), all);
    }

    private static String code(HttpResponse<String> response) {
        return Json.parse(response.body()).at("/error/code").asText();
    }

    @Test
    void withoutGivers_andForWhatIsNotGiven_theAnswerIsAPaymentRequest() {
        try (TestNode paidOnly = giving("paid-only:1b", 0);
                TestNode other = giving("other:1b", 100)) {
            assertFalse(paidOnly.key().equals(other.key()));
            HttpResponse<String> unpaid = ask("paid-only:1b", "198.51.100.1");
            assertEquals(401, unpaid.statusCode());
            assertEquals("no_payment_method", code(unpaid));
            assertTrue(unpaid.headers().firstValue("X-Cashu").orElse("").startsWith("creqA"));
            ObjectNode longPrompt = TestBuyer.request("other:1b", false);
            longPrompt.put("user", "x".repeat(9_000));
            assertEquals("no_payment_method", code(ask(longPrompt, "198.51.100.1")));
            HttpResponse<String> vectors =
                    buyer.post(
                            "/v1/embeddings",
                            Optional.empty(),
                            "{\"model\":\"other:1b\",\"input\":\"x\"}",
                            "X-Forwarded-For",
                            "198.51.100.1");
            assertEquals(401, vectors.statusCode());
            assertEquals(
                    "invalid_api_key",
                    code(
                            ask(
                                    TestBuyer.request("other:1b", false),
                                    "198.51.100.1",
                                    "Authorization",
                                    "Bearer owlr_buy_0123456789abcdef0123456789abcdef")));
            assertEquals(
                    "invalid_cashu_token",
                    code(
                            ask(
                                    TestBuyer.request("other:1b", false),
                                    "198.51.100.1",
                                    "X-Cashu",
                                    "cashuAnonsense")));
        }
    }

    @Test
    void badInput_hasItsAnswer_andIsNotServed() {
        try (TestNode node = giving("bad-input:1b", 100)) {
            String from = "198.51.100.2";
            assertEquals("400 invalid_json", refusal("{", from));
            assertEquals("400 invalid_request", refusal("{\"model\":\"bad-input:1b\"}", from));
            String unknown = Json.text(TestBuyer.request("unknown:1b", false));
            assertEquals("404 model_not_found", refusal(unknown, from));
            assertEquals(
                    0,
                    TestSql.number(
                            gateway, "SELECT count(*) FROM free_job WHERE model = 'bad-input:1b'"));
            assertEquals(0, node.beat().path("free_tier_jobs").asLong());
        }
    }

    private static String refusal(String body, String from) {
        HttpResponse<String> response =
                buyer.post("/v1/chat/completions", Optional.empty(), body, "X-Forwarded-For", from);
        return response.statusCode() + " " + code(response);
    }

    @Test
    void freeAnswer_isStreamed_costsNothing_andBringsKarma() {
        String model = "given:1b";
        try (TestNode node = giving(model, 50)) {
            ObjectNode wish = TestBuyer.request(model, true);
            wish.putObject("stream_options").put("include_usage", true);
            HttpResponse<String> answer =
                    ask(wish, "192.0.2.1", "Authorization", "Bearer sk-whatever");
            assertEquals(200, answer.statusCode(), answer.body());
            assertEquals("free", answer.headers().firstValue("X-Owlrun-Lane").orElse(""));
            List<String> events = TestBuyer.events(answer.body());
            assertEquals(1, events.stream().filter("[DONE]"::equals).count());
            assertFalse(answer.body().contains("cashu_change"), answer.body());
            assertTrue(answer.body().contains("Hello dear"), answer.body());
            assertTrue(answer.body().contains("\"cost_msats\":0"), answer.body());
            ObjectNode job = node.await("job");
            assertTrue(job.path("free_tier").asBoolean());
            ObjectNode complete = node.await("job_complete");
            assertEquals(0, complete.path("earned_msats").asLong());
            String where = " FROM free_job WHERE model = 'given:1b'";
            assertEquals(2, TestSql.number(gateway, "SELECT completion_tokens" + where));
            assertEquals(2, TestSql.number(gateway, "SELECT karma_tokens" + where));
            // The same network asks once more: it counts up to the bound of the day.
            assertEquals(200, ask(model, "192.0.2.77").statusCode());
            assertTrue(
                    TestSql.number(
                                    gateway,
                                    "SELECT max(s) FROM (SELECT sum(karma_tokens) AS s"
                                            + where
                                            + " GROUP BY day) AS days")
                            <= 3);
            long score = TestSql.number(gateway, "SELECT sum(karma_tokens)" + where);
            Waiting.until("karma", () -> node.beat().path("karma_score").asLong() == score);
            ObjectNode ack = node.beat();
            assertEquals("bronze", ack.path("karma_tier").asText());
            assertEquals(2, ack.path("free_tier_jobs").asLong());
            assertEquals(0, ack.path("earned_total_msats").asLong());
            assertExplained(job.path("job_id").asText());
        }
    }

    private static void assertExplained(String jobId) {
        ObjectNode explained =
                Audit.explain(GatewaySettings.read(Map.of(), gateway.databaseFlags()), jobId)
                        .orElseThrow();
        assertEquals("free", explained.path("lane").asText());
        assertTrue(explained.path("matches").asBoolean());
    }

    @Test
    void answer_isShort_alsoInOllamasForm() {
        String model = "short:1b";
        CompletableFuture<ObjectNode> asked = new CompletableFuture<>();
        ObjectNode more = Json.object().put("free_tier_pct", 100);
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of(model),
                        more,
                        (worker, job) -> {
                            worker.accept(job);
                            asked.complete(worker.fetch(job));
                            ANSWER.forEach(e -> worker.chunk(job, "data: " + e + "\n\n"));
                            worker.done(job);
                        })) {
            assertTrue(node.nodeId().length() > 8);
            HttpResponse<String> answer =
                    buyer.post(
                            "/api/chat",
                            Optional.empty(),
                            Json.text(TestBuyer.request(model, false)),
                            "X-Forwarded-For",
                            "192.0.2.130");
            assertEquals(200, answer.statusCode(), answer.body());
            assertTrue(answer.body().contains("Hello dear"));
            ObjectNode request = asked.join();
            assertEquals(512, request.path("max_tokens").asLong(), request.toString());
        }
    }

    @Test
    void sixthRequestInAMinute_isRefusedWithAWait_andPayingHelps() {
        String model = "often:1b";
        try (TestNode node = giving(model, 100)) {
            assertTrue(node.nodeId().length() > 8);
            for (int i = 0; i < 5; i++) {
                assertEquals(200, ask(model, "192.0.2.200").statusCode());
            }
            HttpResponse<String> refused = ask(model, "192.0.2.200");
            for (int i = 0; i < 100 && refused.statusCode() == 200; i++) {
                refused = ask(model, "192.0.2.200");
            }
            assertEquals(429, refused.statusCode(), refused.body());
            assertEquals("rate_limit_exceeded", code(refused));
            long wait = Long.parseLong(refused.headers().firstValue("Retry-After").orElse("0"));
            assertTrue(wait >= 1 && wait <= 12, "Retry-After " + wait);
            String token = buyer.token(CurrencyUnit.MSAT, 50_000, true);
            HttpResponse<String> paid =
                    buyer.complete(
                            token,
                            TestBuyer.request(model, true),
                            "X-Forwarded-For",
                            "192.0.2.200");
            assertEquals(200, paid.statusCode(), paid.body());
            assertEquals("", paid.headers().firstValue("X-Owlrun-Lane").orElse(""));
            assertTrue(paid.body().contains("cashu_change"));
        }
    }

    /// A node of one place writes a free answer for ever: whoever pays is served at once, the free
    /// answer ends, and its node is told to stop.
    @Test
    void freeAnswer_makesWayForAPaidOne()
            throws InterruptedException, ExecutionException, TimeoutException {
        String model = "busy:1b";
        CountDownLatch begun = new CountDownLatch(1);
        ObjectNode more = Json.object().put("free_tier_pct", 100);
        try (TestNode node =
                        TestNode.connect(
                                gateway.url(),
                                List.of(model),
                                more,
                                (worker, job) -> {
                                    worker.accept(job);
                                    boolean paid = worker.fetch(job).path("seed").asInt(1) == 2;
                                    worker.chunk(job, "data: " + ANSWER.getFirst() + "\n\n");
                                    begun.countDown();
                                    if (paid) {
                                        ANSWER.stream()
                                                .skip(1)
                                                .forEach(e ->
                                                        worker.chunk(job, "data: " + e + "\n\n"));
                                        worker.done(job);
                                    }
                                });
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<HttpResponse<String>> free =
                    CompletableFuture.supplyAsync(
                            () -> ask(model, "192.0.2.140"), (Executor) threads);
            assertTrue(begun.await(60, TimeUnit.SECONDS));
            HttpResponse<String> second = ask(model, "192.0.2.141");
            assertEquals(503, second.statusCode(), second.body());
            assertEquals("no_nodes", code(second));
            String token = buyer.token(CurrencyUnit.MSAT, 50_000, true);
            HttpResponse<String> paid =
                    buyer.complete(token, TestBuyer.request(model, true).put("seed", 2));
            assertEquals(200, paid.statusCode(), paid.body());
            assertTrue(paid.body().contains("Hello dear"), paid.body());
            String cut = free.get(60, TimeUnit.SECONDS).body();
            assertTrue(cut.contains("A buyer who pays needed the node"), cut);
            assertFalse(node.await("job_cancel").path("job_id").asText().isEmpty());
            assertEquals(
                    0,
                    TestSql.number(gateway, "SELECT count(*) FROM free_job WHERE model='busy:1b'"));
        }
    }
}
