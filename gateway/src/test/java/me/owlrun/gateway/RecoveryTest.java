package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.json.Json;
import me.owlrun.mint.Mint;
import me.owlrun.mint.testing.TestMint;

import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Whatever breaks between claim and change, the buyer gets its money by the original token.
final class RecoveryTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final String HELLO =
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}";

    private static JsonNode awaitOutcome(TestBuyer buyer, String token) {
        Waiting.until("outcome", () -> buyer.outcome(token).statusCode() == 200);
        return Json.parse(buyer.outcome(token).body());
    }

    @Test
    void gateway_killedWhileAJobRuns_refundsAtTheNextStart() {
        try (TestGateway gateway = TestGateway.startAsProcess();
                ExecutorService buyers = Executors.newVirtualThreadPerTaskExecutor()) {
            TestBuyer buyer = new TestBuyer(gateway);
            for (CurrencyUnit unit : CurrencyUnit.values()) {
                String token = buyer.token(unit, 7_000, true);
                TestNode node =
                        TestNode.connect(
                                gateway.url(),
                                List.of(MODEL),
                                (n, job) -> {
                                    n.accept(job);
                                    n.chunk(job, "data: " + HELLO + "\n\n");
                                });
                Callable<HttpResponse<String>> request =
                        () -> buyer.complete(token, TestBuyer.request(MODEL, true));
                Future<HttpResponse<String>> running = buyers.submit(request);
                Waiting.until("running", () -> buyer.outcome(token).statusCode() == 202);
                String claimed = "SELECT count(*) FROM payment WHERE state = 'claimed'";
                Waiting.until("claimed", () -> TestSql.number(gateway, claimed) == 1);

                gateway.kill();
                gateway.startGateway();

                JsonNode outcome = awaitOutcome(buyer, token);
                assertEquals("refunded", outcome.path("state").asText());
                assertEquals(unit.toMsat(7_000).value(), buyer.cash(outcome));
                assertEquals(List.of(), gateway.audit());
                running.cancel(true);
                node.close();
            }
        }
    }

    @Test
    void mint_loses_theAnswerToTheClaim_theReplayClaims() throws Exception {
        TestMint place = TestMint.fresh();
        try (var mint = place.start();
                TcpProxy proxy = new TcpProxy(mint.port());
                TestGateway gateway =
                        TestGateway.startBehind(
                                mint,
                                "--mint.url=http://127.0.0.1:" + proxy.port(),
                                "--mint.public_url=" + mint.url())) {
            gateway.awaitFloat();
            TestBuyer buyer = new TestBuyer(gateway);
            try (TestNode node =
                    TestNode.answering(gateway.url(), MODEL, List.of(HELLO, "[DONE]"))) {
                String token = buyer.token(CurrencyUnit.SAT, 50, true);
                proxy.dropAnswers("/v1/swap", 1);
                HttpResponse<String> response =
                        buyer.complete(token, TestBuyer.request(MODEL, true));
                assertEquals(200, response.statusCode(), response.body());
                JsonNode change = TestBuyer.changeEvent(response.body());
                assertEquals(50_000 - change.path("cost_msats").asLong(), buyer.cash(change));
                assertTrue(proxy.dropped() >= 1);
                assertEquals("[DONE]", TestBuyer.events(response.body()).getLast());
                assertEquals(List.of(), gateway.audit());
                assertTrue(node.key().startsWith("owlr_prov_"));
            }
        }
    }

    @Test
    void mint_thatForgetsItsAnswers_isAskedForOurOutputs() throws Exception {
        TestMint place = TestMint.fresh();
        try (var mint = place.start();
                TcpProxy proxy = new TcpProxy(mint.port());
                TestGateway gateway =
                        TestGateway.startBehind(
                                mint,
                                "--mint.url=http://127.0.0.1:" + proxy.port(),
                                "--mint.public_url=" + mint.url())) {
            gateway.awaitFloat();
            TestBuyer buyer = new TestBuyer(gateway);
            try (TestNode node =
                    TestNode.answering(gateway.url(), MODEL, List.of(HELLO, "[DONE]"))) {
                String token = buyer.token(CurrencyUnit.MSAT, 900, true);
                proxy.answerInstead("/v1/swap", 1, refusal(11001));
                proxy.dropAnswers("/v1/swap", 1);
                HttpResponse<String> response =
                        buyer.complete(token, TestBuyer.request(MODEL, true));
                assertEquals(200, response.statusCode(), response.body());
                assertEquals(890, buyer.cash(TestBuyer.changeEvent(response.body())));
                assertEquals(1, proxy.dropped());

                String other = buyer.token(CurrencyUnit.MSAT, 900, true);
                proxy.answerInstead("/v1/swap", 1, refusal(11001));
                HttpResponse<String> refused =
                        buyer.complete(other, TestBuyer.request(MODEL, true));
                assertEquals(402, refused.statusCode(), refused.body());
                assertEquals(900, buyer.cash(other));
                assertEquals(List.of(), gateway.audit());
                assertTrue(node.key().startsWith("owlr_prov_"));
            }
        }
    }

    private static String refusal(int code) {
        String body = "{\"detail\":\"no\",\"code\":%d}".formatted(code);
        return "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
                + "Connection: close\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(body.length(), body);
    }

    @Test
    void mint_losesEveryAnswerToTheClaim_theMoneyComesBackLater() throws Exception {
        TestMint place = TestMint.fresh();
        try (var mint = place.start();
                TcpProxy proxy = new TcpProxy(mint.port());
                TestGateway gateway =
                        TestGateway.startBehind(
                                mint,
                                "--mint.url=http://127.0.0.1:" + proxy.port(),
                                "--mint.public_url=" + mint.url())) {
            gateway.awaitFloat();
            TestBuyer buyer = new TestBuyer(gateway);
            try (TestNode node = TestNode.answering(gateway.url(), MODEL, List.of(HELLO))) {
                String token = buyer.token(CurrencyUnit.MSAT, 4_321, true);
                proxy.dropAnswers("/v1/swap", 1_000);
                HttpResponse<String> response =
                        buyer.complete(token, TestBuyer.request(MODEL, true));
                assertEquals(503, response.statusCode(), response.body());
                assertEquals(
                        "payment_pending", Json.parse(response.body()).at("/error/code").asText());
                assertEquals("false", response.headers().firstValue("x-should-retry").orElse(""));
                assertEquals(202, buyer.outcome(token).statusCode());

                proxy.dropAnswers("/v1/swap", 0);
                JsonNode outcome = awaitOutcome(buyer, token);
                assertEquals("refunded", outcome.path("state").asText());
                assertEquals(4_321, buyer.cash(outcome));
                assertEquals(List.of(), gateway.audit());
                assertTrue(node.key().startsWith("owlr_prov_"));
            }
        }
    }

    @Test
    void mint_downAtTheClaim_leavesTheTokenUnspent() throws Exception {
        TestMint place = TestMint.fresh();
        try (var mint = place.start();
                TcpProxy proxy = new TcpProxy(mint.port());
                TestGateway gateway =
                        TestGateway.startBehind(
                                mint,
                                "--mint.url=http://127.0.0.1:" + proxy.port(),
                                "--mint.public_url=" + mint.url())) {
            gateway.awaitFloat();
            TestBuyer buyer = new TestBuyer(gateway);
            try (TestNode node =
                    TestNode.answering(gateway.url(), MODEL, List.of(HELLO, "[DONE]"))) {
                String token = buyer.token(CurrencyUnit.SAT, 50, true);
                proxy.cut();
                HttpResponse<String> response =
                        buyer.complete(token, TestBuyer.request(MODEL, true));
                assertEquals(503, response.statusCode(), response.body());
                assertEquals(
                        "mint_unavailable", Json.parse(response.body()).at("/error/code").asText());
                assertEquals(404, buyer.outcome(token).statusCode());
                assertEquals(50_000, buyer.cash(token));
                assertEquals(List.of(), gateway.audit());
                assertTrue(node.key().startsWith("owlr_prov_"));
            }
        }
    }

    @Test
    void token_sentManyTimesAtOnce_paysForOneJob() throws Exception {
        try (TestGateway gateway = TestGateway.start();
                ExecutorService buyers = Executors.newVirtualThreadPerTaskExecutor()) {
            TestBuyer buyer = new TestBuyer(gateway);
            List<TestNode> nodes =
                    List.of(
                            TestNode.answering(gateway.url(), MODEL, List.of(HELLO, "[DONE]")),
                            TestNode.answering(gateway.url(), MODEL, List.of(HELLO, "[DONE]")),
                            TestNode.answering(gateway.url(), MODEL, List.of(HELLO, "[DONE]")));
            String token = buyer.token(CurrencyUnit.MSAT, 5_000, true);
            Callable<HttpResponse<String>> request =
                    () -> buyer.complete(token, TestBuyer.request(MODEL, true));
            List<Future<HttpResponse<String>>> answers =
                    buyers.invokeAll(Collections.nCopies(8, request));
            int served = 0;
            for (Future<HttpResponse<String>> answer : answers) {
                HttpResponse<String> response = get(answer);
                if (response.statusCode() == 200) {
                    served++;
                } else {
                    String code = Json.parse(response.body()).at("/error/code").asText();
                    assertTrue(
                            List.of("payment_in_progress", "token_spent", "no_nodes")
                                    .contains(code),
                            response.body());
                }
            }
            assertEquals(1, served);
            HttpResponse<String> late = buyer.complete(token, TestBuyer.request(MODEL, true));
            assertEquals(402, late.statusCode());
            String change = late.headers().firstValue("X-Cashu-Change").orElse("");
            assertEquals(4_990, buyer.cash(change));
            assertEquals(List.of(), gateway.audit());
            nodes.forEach(TestNode::close);
        }
    }

    private static HttpResponse<String> get(Future<HttpResponse<String>> future)
            throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void idempotencyKey_withAnotherToken_isRefusedAndClaimsNothing() {
        try (TestGateway gateway = TestGateway.start();
                TestNode node =
                        TestNode.answering(gateway.url(), MODEL, List.of(HELLO, "[DONE]"))) {
            TestBuyer buyer = new TestBuyer(gateway);
            String first = buyer.token(CurrencyUnit.MSAT, 5_000, true);
            String second = buyer.token(CurrencyUnit.MSAT, 5_000, true);
            assertEquals(
                    200,
                    buyer.complete(first, TestBuyer.request(MODEL, true), "Idempotency-Key", "abc")
                            .statusCode());
            HttpResponse<String> reused =
                    buyer.complete(
                            second, TestBuyer.request(MODEL, true), "Idempotency-Key", "abc");
            assertEquals(409, reused.statusCode());
            assertEquals(
                    "idempotency_key_reused", Json.parse(reused.body()).at("/error/code").asText());
            assertEquals(5_000, buyer.cash(second));
            assertEquals(List.of(), gateway.audit());
            assertTrue(node.key().startsWith("owlr_prov_"));
        }
    }

    @Test
    void gateway_besideAnother_leavesItsRunningJobsAlone() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        try (TestGateway gateway = TestGateway.start();
                ExecutorService buyers = Executors.newVirtualThreadPerTaskExecutor();
                TestNode node =
                        TestNode.connect(
                                gateway.url(),
                                List.of(MODEL),
                                (n, job) -> {
                                    n.accept(job);
                                    n.chunk(job, "data: " + HELLO + "\n\n");
                                    running.countDown();
                                    await(go);
                                    n.chunk(job, "data: [DONE]\n\n");
                                    n.done(job);
                                })) {
            TestBuyer buyer = new TestBuyer(gateway);
            String token = buyer.token(CurrencyUnit.MSAT, 6_000, true);
            Future<HttpResponse<String>> answer =
                    buyers.submit(() -> buyer.complete(token, TestBuyer.request(MODEL, true)));
            await(running);

            try (Gateway other = gateway.another("--instance=b")) {
                assertEquals(202, buyer.outcome(token).statusCode());
                go.countDown();
                JsonNode change = TestBuyer.changeEvent(get(answer).body());
                assertEquals(5_990, buyer.cash(change));
                assertTrue(other.port() > 0);
            }
            assertEquals(List.of(), gateway.audit());
            assertTrue(node.key().startsWith("owlr_prov_"));
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
    void gateway_stoppedInGoodOrder_letsTheStreamEndFirst() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        try (TestGateway gateway = TestGateway.start("--drain=20");
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                TestNode node =
                        TestNode.connect(
                                gateway.url(),
                                List.of(MODEL),
                                (n, job) -> {
                                    n.accept(job);
                                    n.chunk(job, "data: " + HELLO + "\n\n");
                                    running.countDown();
                                    await(go);
                                    n.chunk(job, "data: [DONE]\n\n");
                                    n.done(job);
                                })) {
            TestBuyer buyer = new TestBuyer(gateway);
            String token = buyer.token(CurrencyUnit.SAT, 6, true);
            Future<HttpResponse<String>> answer =
                    threads.submit(() -> buyer.complete(token, TestBuyer.request(MODEL, true)));
            await(running);

            Future<?> stopped = threads.submit(gateway::stopGateway);
            Waiting.until("stopping", () -> gateway.health("status").equals("stopping"));
            assertEquals(
                    "shutting_down",
                    Json.parse(buyer.complete("cashuA", TestBuyer.request(MODEL, true)).body())
                            .at("/error/code")
                            .asText());
            go.countDown();
            HttpResponse<String> response = get(answer);
            assertEquals(5_990, buyer.cash(TestBuyer.changeEvent(response.body())));
            assertEquals("drain", node.await("drain").path("type").asText());
            stopped.get(15, TimeUnit.SECONDS);
        }
    }

    @Test
    void mint_withFees_keepsThemAndEverythingElseIsExact() {
        Mint mint = TestMint.fresh().start("--keyset.input_fee_ppk=200");
        try (TestGateway gateway = TestGateway.startBehind(mint);
                TestNode node =
                        TestNode.answering(gateway.url(), MODEL, List.of(HELLO, "[DONE]"))) {
            gateway.awaitFloat();
            TestBuyer buyer = new TestBuyer(gateway);
            for (CurrencyUnit unit : CurrencyUnit.values()) {
                List<Proof> proofs = buyer.wallet(unit).mint(1_023);
                long fee = Math.ceilDiv(proofs.size() * 200L, 1_000);
                String token = buyer.wallet(unit).token(proofs, true);
                HttpResponse<String> response =
                        buyer.complete(token, TestBuyer.request(MODEL, true));
                assertEquals(200, response.statusCode(), response.body());
                JsonNode change = TestBuyer.changeEvent(response.body());
                assertEquals(
                        unit.toMsat(1_023 - fee).value() - 10,
                        change.path("change_msats").asLong());
            }
            assertEquals(List.of(), gateway.audit());
            assertTrue(node.key().startsWith("owlr_prov_"));
        }
    }
}
