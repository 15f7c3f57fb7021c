package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/// Chats paid by a key, from signing up to the account's history.
final class KeyPaidChatTest {

    private static final String BODY =
            """
            {"model":"qwen2.5:0.5b","messages":[{"role":"user","content":"Hi"}]}\
            """;
    private static final List<String> HELLO =
            List.of(
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}",
                    "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}",
                    "[DONE]");

    @Test
    void account_whileAJobRuns_showsWhatItHoldsPerPot() throws InterruptedException {
        CountDownLatch seen = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        BiConsumer<TestNode, String> slow =
                (node, job) -> {
                    node.accept(job);
                    var _ = node.fetch(job);
                    seen.countDown();
                    await(goOn);
                    HELLO.forEach(event -> node.chunk(job, "data: " + event + "\n\n"));
                    node.done(job);
                };
        try (TestGateway gateway = TestGateway.start("--signup.credit=1");
                TestNode node = TestNode.connect(gateway.url(), List.of("llama3.3:70b"), slow)) {
            TestAccount account = TestAccount.open(gateway);
            assertEquals("credited", account.topUp(500).path("state").asText());
            String dear = BODY.replace("qwen2.5:0.5b", "llama3.3:70b");
            FutureTask<TestAccount.Reply> job =
                    new FutureTask<>(() -> account.post("/v1/chat/completions", dear));
            Thread.ofVirtual().start(job);
            await(seen);
            JsonNode running = account.get("/v1/account").ok();
            goOn.countDown();
            assertEquals(1_000, running.at("/credit/held_msats").asLong());
            assertEquals(0, running.at("/credit/balance_msats").asLong(-1));
            long held = running.at("/sats/held_msats").asLong();
            assertTrue(held > 0, running.toString());
            assertEquals(500_000 - held, running.at("/sats/balance_msats").asLong());
            assertEquals(1_000 + held, running.path("held_msats").asLong());

            long cost = job.get().ok().at("/usage/cost_msats").asLong();
            JsonNode after = account.get("/v1/account").ok();
            assertEquals(0, after.path("held_msats").asLong(-1));
            assertEquals(0, after.at("/sats/withdrawing_msats").asLong(-1));
            assertEquals(501_000 - cost, after.path("balance_msats").asLong());
            assertFalse(node.key().isEmpty());
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
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
    void chat_withoutMaxTokens_holdsWhatTheContextCanCostAndNotTheWholeBalance() {
        try (TestGateway gateway = TestGateway.start();
                TestNode node = TestNode.answering(gateway.url(), "qwen2.5:0.5b", HELLO)) {
            TestAccount account = TestAccount.open(gateway);
            assertEquals("credited", account.topUp(500).path("state").asText());
            JsonNode answer = account.post("/v1/chat/completions", BODY).ok();
            assertEquals("Hello", answer.at("/choices/0/message/content").asText());
            long cost = answer.at("/usage/cost_msats").asLong();
            assertEquals(500_000 - cost, account.balanceMsat());
            long held = TestSql.number(gateway, "SELECT max(held_sats_msat) FROM charge");
            assertTrue(held >= cost && held < 5_000, "held " + held);
            JsonNode history = account.get("/v1/account/history").ok().path("data");
            assertEquals("settle", history.path(0).path("event").asText());
            assertEquals("hold", history.path(1).path("event").asText());
            assertEquals(List.of(), gateway.audit());
            assertTrue(node.key().startsWith("owlr_prov_"));
        }
    }
}
