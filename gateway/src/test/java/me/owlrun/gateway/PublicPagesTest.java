package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.util.List;

/// What anybody may ask: models, rate, health, the page and its configuration.
final class PublicPagesTest {

    private static TestGateway gateway;
    private static TestNode node;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
        node = TestNode.connect(gateway.url(), List.of("qwen2.5:0.5b", "x/own:7b"), (n, job) -> {});
    }

    @AfterAll
    static void stop() {
        node.close();
        gateway.close();
    }

    @Test
    void models_first_hasExactlyTheSeedsFields() {
        JsonNode list = Json.parse(gateway.get("/v1/models").body());
        assertEquals("list", list.path("object").asText());
        JsonNode model = list.path("data").path(1);
        String seed =
                """
                {"id": "qwen2.5:0.5b", "name": "Qwen 2.5 0.5B", "object": "model",
                 "owned_by": "owlrun", "context_length": 32768,
                 "pricing": {"prompt": "0.0000000050", "completion": "0.0000000100"},
                 "owlrun_pricing": {"per_m_input_usd": 0.005, "per_m_output_usd": 0.01}}
                """;
        Json.parse(seed)
                .properties()
                .forEach(field -> assertEquals(field.getValue(), model.path(field.getKey())));
        assertEquals(1, model.path("nodes_online").asInt());
    }

    @Test
    void model_byId_isFoundListedOrServed() {
        assertEquals(200, gateway.get("/v1/models/qwen2.5:0.5b").statusCode());
        assertEquals(200, gateway.get("/v1/models/qwen2.5%3A0.5b").statusCode());
        assertEquals(200, gateway.get("/v1/models/x/own:7b").statusCode());
        assertEquals(200, gateway.get("/v1/models/x%2Fown:7b").statusCode());
        assertEquals(404, gateway.get("/v1/models/none").statusCode());
    }

    @Test
    void rate_fixed_isPublishedAsManual() {
        String body = gateway.get("/v1/oracle/rate").body();
        assertTrue(body.contains("\"live_usd\":87200.00,"), body);
        assertTrue(body.contains("\"yesterday_fix\":87200.00,"), body);
        JsonNode rate = Json.parse(body);
        assertEquals("manual", rate.path("status").asText());
        assertTrue(rate.path("formula").asText().contains("ceil"));
    }

    @Test
    void health_allWell_saysOkAndCountsNodes() {
        JsonNode health = Json.parse(gateway.get("/healthz").body());
        assertEquals("ok", health.path("status").asText());
        assertEquals(1, health.path("nodes").asInt());
    }

    @Test
    void config_tellsTheMintAndTheMoney() {
        JsonNode config = Json.parse(gateway.get("/config.json").body());
        assertEquals("", config.path("gateway").asText("x"));
        assertEquals(gateway.mintUrl(), config.path("mint").asText());
        assertEquals("play", config.path("network").asText());
    }

    @Test
    void heartbeat_isAnsweredWithEveryDocumentedField() {
        node.send(Json.object().put("type", "heartbeat"));
        JsonNode ack = node.await("heartbeat_ack");
        for (String field :
                List.of(
                        "status",
                        "jobs_today",
                        "tokens_today",
                        "earned_today_usd",
                        "earned_today_sats",
                        "earned_today_msats",
                        "earned_total_sats",
                        "earned_total_msats",
                        "balance_sats",
                        "balance_msats",
                        "queue_depth_global",
                        "btc_live_usd",
                        "btc_yesterday_fix",
                        "btc_daily_avg",
                        "btc_weekly_avg",
                        "btc_price_status",
                        "karma_score",
                        "karma_tier",
                        "free_tier_jobs",
                        "broadcasts",
                        "withdraw_history")) {
            assertTrue(ack.has(field), field);
        }
    }

    @Test
    void preflight_ofABrowser_isAllowed() {
        HttpResponse<String> response = new TestBuyer(gateway).options("/v1/chat/completions");
        assertEquals(204, response.statusCode());
        assertEquals(
                "x-cashu, x-stainless-os",
                response.headers().firstValue("Access-Control-Allow-Headers").orElse(""));
    }
}
