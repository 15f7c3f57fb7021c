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
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The gateway asks nodes itself, over real sockets: pays honest ones out of the faucet, finds
/// those that cheat and lets nobody take out what a newcomer earned.
final class HouseJobTest {

    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern ECHO = Pattern.compile("(?::) (.* \\d+)$");

    private static final TestOperator OPERATOR = new TestOperator();
    private static TestGateway gateway;
    private static int models;

    private final String model = "m" + ++models + ":70b";

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        OPERATOR.flags(
                                "--house.every=60",
                                "--house.checks=100",
                                "--house.paid_after=0",
                                "--price.minimum=10000",
                                "--trust.drops_per_hour=5",
                                "--trust.points.too_fast=10",
                                "--escrow.free=1"));
    }

    @AfterEach
    void audit_afterEveryTest_findsNothing() {
        assertEquals(List.of(), gateway.audit());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /// What a good model says to a question of the house.
    private static String right(String question) {
        if (question.contains("weeks")) {
            int weeks = Integer.parseInt(numbers(question).getFirst());
            return "{\"days\": " + 7 * weeks + "}";
        }
        var echo = ECHO.matcher(question);
        if (echo.find()) {
            return echo.group(1);
        }
        List<String> numbers = numbers(question);
        return numbers.size() == 2
                ? Integer.toString(
                        Integer.parseInt(numbers.get(0)) + Integer.parseInt(numbers.get(1)))
                : "A story of a lantern, a teapot and what they said to each other.";
    }

    private static List<String> numbers(String question) {
        return NUMBER.matcher(question).results().map(MatchResult::group).toList();
    }

    private static String asked(ObjectNode request) {
        JsonNode messages = request.path("messages");
        return messages.path(messages.size() - 1).path("content").asText();
    }

    /// A node that answers as a function of what it is asked.
    private TestNode node(BiFunction<String, ObjectNode, List<String>> events) {
        ObjectNode fields = TestNode.allTasks().put("gpu", "RTX 4090").put("capacity", 4);
        return TestNode.connect(
                gateway.url(),
                List.of(model),
                fields,
                (node, job) -> {
                    node.accept(job);
                    ObjectNode request = node.fetch(job);
                    events.apply(asked(request), request)
                            .forEach(event -> node.chunk(job, "data: " + event + "\n\n"));
                    node.done(job);
                });
    }

    private static List<String> says(String text, long tokens) {
        ObjectNode delta = Json.object();
        delta.putArray("choices").addObject().putObject("delta").put("content", text);
        return List.of(
                Json.text(delta),
                "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}",
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":%d}}"
                        .formatted(tokens),
                "[DONE]");
    }

    private TestNode honest() {
        return node((question, _) -> says(right(question), 8));
    }

    private JsonNode checks(TestNode node) {
        TestAccount.Reply reply =
                new TestAccount(gateway, node.key()).get("/v1/nodes/" + node.nodeId() + "/checks");
        return reply.ok();
    }

    private void awaitPutAway(TestNode node) {
        Waiting.until("put away", () -> !checks(node).path("takes_jobs").asBoolean());
    }

    @Test
    void honestNode_isPaidOutOfTheFaucetAndNothingSpeaksAgainstIt() {
        try (TestNode node = honest()) {
            Waiting.until("asked", () -> checks(node).at("/last_7_days/right").asLong() > 2);
            earnFees();
            TestAccount owner = new TestAccount(gateway, node.key());
            long before = owner.balanceMsat();
            String fund = "{\"sats\":12,\"reference\":\"one\"}";
            long fees = OPERATOR.post("/faucet/fund", fund).path("fees_msats").asLong();
            assertEquals(fees, OPERATOR.post("/faucet/fund", fund).path("fees_msats").asLong());
            Waiting.until("paid", () -> owner.balanceMsat() > before);
            JsonNode now = checks(node);
            assertTrue(now.at("/last_7_days/paid_msats").asLong() > 0, now.toString());
            assertEquals(0, now.path("points").asLong(), now.toString());
            assertEquals(0, now.at("/last_7_days/wrong").asLong(), now.toString());
            assertTrue(now.path("takes_jobs").asBoolean());
        }
    }

    /// Has the operator earn a few sats.
    private void earnFees() {
        TestBuyer buyer = new TestBuyer(gateway);
        ObjectNode body = TestBuyer.request(model, true);
        for (int i = 0; i < 3; i++) {
            String token = buyer.token(CurrencyUnit.MSAT, 100_000, true);
            HttpResponse<String> answer = buyer.complete(token, body);
            assertEquals(200, answer.statusCode(), answer.body());
        }
    }

    @Test
    void smallerModel_isPutAway_staysSoOverARestart_andIsClearedByTheOperator() {
        try (TestNode node = node((question, _) -> says("I think it is a lantern.", 8))) {
            awaitPutAway(node);
            JsonNode now = checks(node);
            assertTrue(now.path("points").asLong() >= 100, now.toString());
            assertEquals("canary", now.at("/signs/0/sign").asText());
            assertTrue(now.path("reason").asText().startsWith("Checks: "), now.toString());
            TestBuyer buyer = new TestBuyer(gateway);
            String token = buyer.token(CurrencyUnit.MSAT, 100_000, true);
            assertEquals(404, buyer.complete(token, TestBuyer.request(model, true)).statusCode());
            gateway.stopGateway();
            gateway.startGateway();
            assertFalse(checks(node).path("takes_jobs").asBoolean());
            long provider = 0;
            for (JsonNode listed : OPERATOR.get("/trust").path("nodes")) {
                if (listed.path("node").asText().equals(node.nodeId())) {
                    provider = listed.path("provider").asLong();
                }
            }
            var _ =
                    OPERATOR.post(
                            "/trust/clear",
                            "{\"provider\":%d,\"node\":\"%s\",\"reason\":\"new disk\"}"
                                    .formatted(provider, node.nodeId()));
            assertTrue(checks(node).path("takes_jobs").asBoolean());
            assertEquals(0, checks(node).path("points").asLong());
        }
    }

    @Test
    void overReporter_isFoundOut() {
        try (TestNode node = node((question, _) -> says(right(question), 5_000))) {
            awaitPutAway(node);
            assertEquals("over_report", checks(node).at("/signs/0/sign").asText());
        }
    }

    @Test
    void tooFastNode_isFoundOut() {
        try (TestNode node =
                node((question, _) -> {
                    List<String> right = says(right(question), 400);
                    return question.equals("Hello") ? many() : right.subList(0, 2);
                })) {
            TestBuyer buyer = new TestBuyer(gateway);
            Waiting.until(
                    "suspected",
                    () -> {
                        String token = buyer.token(CurrencyUnit.MSAT, 1_000_000, true);
                        var _ = buyer.complete(token, TestBuyer.request(model, true));
                        return checks(node).path("points").asLong() > 0;
                    });
            assertEquals("too_fast", checks(node).at("/signs/0/sign").asText());
        }
    }

    /// An answer of many pieces that was written long ago.
    private static List<String> many() {
        StringBuilder pieces = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            ObjectNode delta = Json.object();
            delta.putArray("choices").addObject().putObject("delta").put("content", "lantern ");
            pieces.append(Json.text(delta)).append("\n\ndata: ");
        }
        return List.of(
                pieces + "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}", "[DONE]");
    }

    @Test
    void dropper_restsForAWhileAndIsLetBack() {
        try (TestNode node =
                node((question, _) ->
                        question.equals("Hello")
                                ? List.of("{\"error\":\"no\"}")
                                : says(right(question), 8))) {
            TestBuyer buyer = new TestBuyer(gateway);
            Waiting.until(
                    "rests",
                    () -> {
                        String token = buyer.token(CurrencyUnit.MSAT, 100_000, true);
                        var _ = buyer.complete(token, TestBuyer.request(model, true));
                        return !checks(node).path("takes_jobs").asBoolean();
                    });
            assertTrue(checks(node).path("jobs_lost_last_hour").asLong() > 5);
            assertEquals("maintenance", node.beat().path("status").asText());
            Waiting.until(
                    "let back",
                    () -> {
                        TestSql.execute(
                                gateway,
                                "UPDATE node_trust SET rest_until = now() WHERE node_id = '%s'"
                                        .formatted(node.nodeId()));
                        return checks(node).path("takes_jobs").asBoolean();
                    });
            assertEquals(0, checks(node).path("points").asLong());
        }
    }

    @Test
    void newcomer_cannotTakeOutWhatItEarned_untilTime_andTheOperatorMayTakeIt() {
        try (TestNode node =
                node((question, _) ->
                        question.equals("Hello")
                                ? says(right(question), 8)
                                : List.of("{\"error\":\"no\"}"))) {
            TestAccount owner = new TestAccount(gateway, node.key());
            earnFees();
            JsonNode account = owner.get("/v1/account").ok();
            long held = account.at("/sats/in_escrow_msats").asLong();
            long balance = account.at("/sats/balance_msats").asLong();
            assertTrue(held > 0 && held == balance - 1_000, account.toString());
            String all = "{\"method\":\"ecash\",\"amount_sats\":3}";
            assertEquals("402 insufficient_funds", owner.post("/v1/account/withdraw", all).error());
            String one = "{\"method\":\"ecash\",\"amount_sats\":1}";
            var _ = owner.post("/v1/account/withdraw", one).ok();
            JsonNode taken =
                    OPERATOR.post(
                            "/trust/forfeit",
                            "{\"provider\":%d,\"reason\":\"cheated\"}"
                                    .formatted(
                                            TestSql.number(
                                                    gateway,
                                                    "SELECT provider_id FROM node WHERE node_id = '"
                                                            + node.nodeId()
                                                            + "'")));
            assertEquals(held, taken.path("forfeited_msats").asLong());
            assertEquals(0, owner.balanceMsat() / 1_000);
            TestSql.execute(
                    gateway,
                    "UPDATE node SET first_registered_at = first_registered_at - interval '4 d'"
                            + " WHERE node_id = '%s'".formatted(node.nodeId()));
            assertEquals(0, owner.get("/v1/account").ok().at("/sats/in_escrow_msats").asLong());
        }
    }

    @Test
    void checks_ofSomebodyElsesNode_areNotShown() {
        try (TestNode node = honest();
                TestNode other = honest()) {
            String path = "/v1/nodes/" + node.nodeId() + "/checks";
            assertEquals(404, new TestAccount(gateway, other.key()).get(path).status());
            assertEquals(401, new TestAccount(gateway, "").get(path).status());
        }
    }
}
