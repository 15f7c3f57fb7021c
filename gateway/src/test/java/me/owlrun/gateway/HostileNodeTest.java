package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.gateway.chat.HostileStreams;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// Hostile answers through a whole gateway: what the buyer reads always parses, ends exactly once
/// and carries nothing of the node's but words; and no buyer loses a millisat.
final class HostileNodeTest {

    private static final int ROUNDS = 60;
    private static final int PAID = 50_000;
    private static final Set<String> FIELDS =
            Set.of(
                    "id",
                    "object",
                    "created",
                    "model",
                    "choices",
                    "usage",
                    "type",
                    "token",
                    "change_sats",
                    "change_msats",
                    "cost_msats",
                    "error");

    private static TestGateway gateway;
    private static TestBuyer buyer;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start("--job.nodes=1", "--breaker.failures=1000");
        buyer = new TestBuyer(gateway);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void stream_ofAHostileNode_isSoundForTheBuyer() {
        AtomicLong round = new AtomicLong();
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of("a:1b"),
                        (n, job) -> {
                            long seed = round.getAndIncrement();
                            byte[] stream = HostileStreams.make(seed);
                            n.accept(job);
                            if (seed % 2 == 0) {
                                var _ = n.respond(job, stream);
                            } else {
                                n.chunk(job, new String(stream, StandardCharsets.UTF_8));
                                n.done(job);
                            }
                        })) {
            int answered = 0;
            for (int i = 0; i < ROUNDS; i++) {
                String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
                HttpResponse<String> response =
                        buyer.complete(token, TestBuyer.request("a:1b", true));
                if (response.statusCode() == 200) {
                    answered++;
                    assertSound(response.body(), "round " + i);
                } else {
                    assertEquals(502, response.statusCode(), "round " + i);
                    assertEquals(
                            PAID,
                            buyer.cash(response.headers().firstValue("X-Cashu-Change").orElse("")));
                }
            }
            assertTrue(answered > ROUNDS / 4, answered + " answers of " + node.key().length());
        }
        assertEquals(List.of(), gateway.audit());
    }

    private static void assertSound(String stream, String round) {
        List<String> events = TestBuyer.events(stream);
        assertEquals(2, events.stream().filter("[DONE]"::equals).count(), round);
        assertEquals("[DONE]", events.getLast(), round);
        JsonNode first = Json.parse(events.getFirst());
        int ends = 0;
        int changes = 0;
        for (String event : events) {
            if (event.equals("[DONE]")) {
                continue;
            }
            ObjectNode chunk = Json.parseObject(event);
            chunk.fieldNames()
                    .forEachRemaining(
                            name -> assertTrue(FIELDS.contains(name), round + ": " + name));
            assertEquals(first.path("id"), chunk.path("id"), round);
            assertEquals("a:1b", chunk.path("model").asText(), round);
            ends += chunk.at("/choices/0").hasNonNull("finish_reason") ? 1 : 0;
            changes += chunk.path("type").asText().equals("cashu_change") ? 1 : 0;
            assertFalse(chunk.path("token").asText().contains("evil"), round);
        }
        assertEquals(1, ends, round);
        assertEquals(1, changes, round);
        JsonNode change = TestBuyer.changeEvent(stream);
        assertTrue(change.path("cost_msats").asLong() < 1_000, round + change);
        assertEquals(PAID - change.path("cost_msats").asLong(), buyer.cash(change), round);
    }

    /// What the buyer pays when nodes lie about an answer of ten words.
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    # usage                                                      | prompt | answer
                    {"prompt_tokens":17,"completion_tokens":11}                  | 17 | 11
                    {"prompt_tokens":17,"completion_tokens":2000000000}          | 17 | 42
                    {"prompt_tokens":2000000000,"completion_tokens":11}          | 206 | 11
                    {"prompt_tokens":-1,"completion_tokens":11}                  | 20 | 10
                    {"prompt_tokens":1e300,"completion_tokens":1e300}            | 20 | 10
                    {"completion_tokens":11}                                     | 20 | 11
                    null                                                         | 20 | 10
                    """)
    void usage_ofALiar_isBilledAsFarAsPlausible(String usage, long prompt, long answer) {
        String word = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello\"}}]}\n\n";
        String stream =
                word.repeat(10)
                        + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
                        + "data: {\"choices\":[],\"usage\":"
                        + usage
                        + "}\n\ndata: [DONE]\n\n";
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of("b:1b"),
                        (n, job) -> {
                            n.accept(job);
                            n.chunk(job, stream);
                        })) {
            String token = buyer.token(CurrencyUnit.MSAT, PAID, true);
            HttpResponse<String> response = buyer.complete(token, TestBuyer.request("b:1b", false));
            JsonNode billed = Json.parse(response.body()).path("usage");
            assertEquals(answer, billed.path("completion_tokens").asLong(), response.body());
            assertEquals(prompt, billed.path("prompt_tokens").asLong());
            assertEquals(prompt + answer, node.await("job_complete").path("tokens").asLong());
        }
        assertEquals(List.of(), gateway.audit());
    }
}
