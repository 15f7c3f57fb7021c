package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.cashu.CurrencyUnit;

import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A gateway that is told to stop ends what runs and begins nothing new.
final class DrainTest {

    private static final String MODEL = "qwen2.5:0.5b";

    @Test
    void stop_letsARunningStreamEnd_refusesNewRequests_andTellsNodes() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (TestGateway gateway = TestGateway.start("--drain=20");
                TestNode node =
                        TestNode.connect(
                                gateway.url(),
                                List.of(MODEL),
                                (self, job) -> slowly(self, job, begun, goOn))) {
            TestBuyer buyer = new TestBuyer(gateway);
            String token = buyer.token(CurrencyUnit.MSAT, 5_000, false);
            String late = buyer.token(CurrencyUnit.MSAT, 5_000, false);
            CompletableFuture<HttpResponse<String>> stream =
                    CompletableFuture.supplyAsync(
                            () -> buyer.complete(token, TestBuyer.request(MODEL, true)));
            assertTrue(begun.await(20, TimeUnit.SECONDS));
            String url = gateway.url();
            Thread stopping = Thread.ofVirtual().start(gateway::stopGateway);
            Waiting.until(
                    "503 of new requests",
                    () -> TestBuyer.at(url, late, TestBuyer.request(MODEL, true)) == 503);
            goOn.countDown();
            HttpResponse<String> ended = stream.get(20, TimeUnit.SECONDS);
            assertEquals(200, ended.statusCode());
            assertTrue(ended.body().contains("lo!"), ended.body());
            assertTrue(TestBuyer.changeEvent(ended.body()).path("change_msats").asLong() > 0);
            assertEquals("drain", node.await("drain").path("type").asText());
            assertTrue(stopping.join(Duration.ofSeconds(20)), "it stops in time");
            // The late token was not touched.
            assertEquals(5_000, buyer.cash(late));
        }
    }

    private static void slowly(
            TestNode node, String job, CountDownLatch begun, CountDownLatch goOn) {
        node.accept(job);
        var _ = node.fetch(job);
        node.chunk(job, "data: " + TestAnswers.HELLO.getFirst() + "\n\n");
        begun.countDown();
        try {
            if (!goOn.await(20, TimeUnit.SECONDS)) {
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
}
