package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// The router in the real gateway: what nodes earn is kept, who fails is parked, conversations stay
/// where they began, and operators are told why.
final class RoutingTest {

    private static TestGateway gateway;
    private static TestAccount buyer;

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        "--breaker.parked=3600000",
                        "--breaker.refused=600000",
                        "--standing.write_every=100");
        buyer = TestAccount.open(gateway);
        assertEquals("credited", buyer.topUp(5_000).path("state").asText());
    }

    @AfterAll
    static void stop() {
        assertEquals(List.of(), gateway.audit());
        gateway.close();
    }

    private static TestAccount.Reply ask(String model, String... said) {
        ObjectNode body = Json.object().put("model", model).put("max_tokens", 20);
        for (int i = 0; i < said.length; i++) {
            body.withArray("messages")
                    .addObject()
                    .put("role", i % 2 == 0 ? "user" : "assistant")
                    .put("content", said[i]);
        }
        return buyer.post("/v1/chat/completions", Json.text(body));
    }

    private static JsonNode standing(TestNode node, String query) {
        return buyer.by(node.key()).get("/v1/nodes/" + node.nodeId() + "/standing" + query).ok();
    }

    /// What happened on all days: it may be midnight.
    private static int sum(JsonNode standing, String what) {
        int sum = 0;
        for (JsonNode day : standing.path("days")) {
            sum += day.path(what).asInt();
        }
        return sum;
    }

    private static JsonNode verdict(TestNode node, String model) {
        JsonNode tasks = standing(node, "?model=" + model).at("/model/tasks");
        for (JsonNode task : tasks) {
            if (task.path("task").asText().equals("chat")) {
                return task;
            }
        }
        throw new AssertionError(tasks.toString());
    }

    private static JsonNode lastChosen(JsonNode decisions) {
        for (JsonNode decision : decisions) {
            if (decision.path("part").asText().equals("chosen")) {
                return decision;
            }
        }
        throw new AssertionError(decisions.toString());
    }

    private static void answer(TestNode node, String job) {
        node.accept(job);
        var _ = node.fetch(job);
        TestAnswers.HELLO.forEach(event -> node.chunk(job, "data: " + event + "\n\n"));
        node.done(job);
    }

    @Test
    void standing_isKept_overANewerConnectionAndARestart() {
        String model = "kept:1b";
        try (TestNode node = TestNode.connect(gateway.url(), List.of(model), RoutingTest::answer)) {
            var _ = ask(model, "one").ok();
            var _ = ask(model, "two").ok();
            try (TestNode again = node.again(RoutingTest::answer)) {
                var _ = ask(model, "three").ok();
                JsonNode told = standing(again, "");
                assertEquals(3, sum(told, "successes"), told.toString());
                assertTrue(told.path("connected").asBoolean(), told.toString());
                assertEquals("0.2500", told.path("ramp_share").decimalValue().toPlainString());
                String count =
                        "SELECT coalesce(sum(successes), 0) FROM node_day WHERE node_id = '%s'"
                                .formatted(node.nodeId());
                Waiting.until("written", () -> TestSql.number(gateway, count) == 3);
                TestSql.execute(
                        gateway,
                        ("INSERT INTO node_online SELECT provider_id, node_id, 604800000 FROM node"
                                        + " WHERE node_id = '%s' ON CONFLICT (provider_id, node_id)"
                                        + " DO UPDATE SET online_ms = 604800000")
                                .formatted(node.nodeId()));
            }
            gateway.stopGateway();
            gateway.startGateway();
            gateway.awaitFloat();
            JsonNode after = standing(node, "");
            assertFalse(after.path("connected").asBoolean(true), after.toString());
            assertEquals(3, sum(after, "successes"), after.toString());
            assertEquals("1.0000", after.path("ramp_share").decimalValue().toPlainString());
        }
    }

    @Test
    void node_thatFailsThreeTimes_isParked_andItsOperatorIsToldWhy() {
        String model = "bad:1b";
        try (TestNode node =
                TestNode.connect(
                        gateway.url(),
                        List.of(model),
                        (n, job) -> {
                            n.accept(job);
                            n.chunk(job, "{\"error\":{\"message\":\"out of memory\"}}\n");
                        })) {
            assertEquals("eligible", verdict(node, model).path("verdict").asText());
            for (int i = 0; i < 3; i++) {
                assertEquals(502, ask(model, "fail").status());
            }
            assertEquals(503, ask(model, "fail").status());
            JsonNode why = verdict(node, model);
            assertEquals("parked", why.path("verdict").asText(), why.toString());
            assertTrue(why.path("why").asText().contains("failed too often"), why.toString());
            assertEquals(3, sum(standing(node, ""), "failures"));
            JsonNode decisions = standing(node, "?model=" + model).at("/model/decisions");
            assertEquals("not_among_least_loaded", decisions.at("/0/part").asText());
            String job = lastChosen(decisions).path("job_id").asText();
            assertEquals("chosen", standing(node, "?job=" + job).at("/job/part").asText());
            assertEquals("unknown", standing(node, "?job=job_a_0").at("/job/part").asText());
        }
    }

    @Test
    void node_thatSaysNo_isLeftOutForAMoment_andIsNotToBlame() {
        String model = "shy:1b";
        try (TestNode node = TestNode.connect(gateway.url(), List.of(model), TestNode::reject)) {
            assertEquals(503, ask(model, "please").status());
            assertEquals("refused", verdict(node, model).path("verdict").asText());
            JsonNode told = standing(node, "");
            assertEquals(0, sum(told, "failures"), told.toString());
            assertEquals(1, sum(told, "neutral"), told.toString());
        }
    }

    @Test
    void conversation_staysOnTheNodeWhereItBegan() {
        String model = "talk:1b";
        AtomicInteger first = new AtomicInteger();
        AtomicInteger second = new AtomicInteger();
        try (TestNode one =
                        TestNode.connect(
                                gateway.url(),
                                List.of(model),
                                (node, job) -> {
                                    first.incrementAndGet();
                                    answer(node, job);
                                });
                TestNode other =
                        TestNode.connect(
                                gateway.url(),
                                List.of(model),
                                (node, job) -> {
                                    second.incrementAndGet();
                                    answer(node, job);
                                })) {
            assertFalse(one.key().equals(other.key()));
            String[] said = {"Once", "upon", "a", "time", "there", "was", "an", "owl", "."};
            for (int turn = 0; turn < 12; turn++) {
                int words = Math.min(said.length, 1 + 2 * turn);
                var _ = ask(model, List.of(said).subList(0, words).toArray(String[]::new)).ok();
            }
            assertEquals(12, Math.max(first.get(), second.get()), first + " and " + second);
        }
    }

    @Test
    void standing_ofAnothersNode_isNotTold() {
        try (TestNode mine = TestNode.connect(gateway.url(), List.of("m:1b"), RoutingTest::answer);
                TestNode other =
                        TestNode.connect(gateway.url(), List.of("m:1b"), RoutingTest::answer)) {
            String path = "/v1/nodes/" + mine.nodeId() + "/standing";
            assertEquals("404 not_found", buyer.by(other.key()).get(path).error());
            assertEquals("401 invalid_api_key Authorization", buyer.by("").get(path).error());
        }
    }

    @Test
    void economy_isPublic_withEveryNumberOfTheRouter() {
        JsonNode routing = buyer.by("").get("/v1/economy").ok().path("routing");
        assertTrue(routing.at("/formulas/score").asText().contains("health.outcome"));
        boolean found = false;
        for (JsonNode number : routing.path("numbers")) {
            found |=
                    number.path("setting").asText().equals("breaker.failures")
                            && number.path("value").asText().equals("3");
        }
        assertTrue(found, routing.toString());
    }
}
