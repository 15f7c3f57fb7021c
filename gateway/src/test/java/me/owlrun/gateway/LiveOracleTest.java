package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.config.ConfigException;
import me.owlrun.gateway.oracle.TestExchanges;
import me.owlrun.json.Json;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.util.List;
import java.util.Map;

/// A whole gateway that asks exchanges for the price.
final class LiveOracleTest {

    private static JsonNode rate(TestGateway gateway) {
        return Json.parse(gateway.get("/v1/oracle/rate").body());
    }

    @Test
    void rate_live_isAskedPublishedAndKeptOverARestart() {
        try (TestExchanges exchanges = TestExchanges.start(Clock.systemUTC())) {
            exchanges.price("61234.56");
            try (TestGateway gateway = TestGateway.start("--oracle.mode=live", exchanges.flag())) {
                Waiting.until(
                        "a price", () -> rate(gateway).path("status").asText().equals("normal"));
                JsonNode rate = rate(gateway);
                assertEquals("61234.56", rate.path("live_usd").asText());
                assertEquals("61234.56", rate.path("yesterday_fix").asText());
                assertEquals("61234.56", rate.path("daily_avg").asText());
                assertEquals("61234.56", rate.path("weekly_avg").asText());
                assertEquals("served", rate.path("paid_jobs").asText());
                assertEquals("first", rate.path("fix").path("kind").asText());
                assertEquals(64, rate.path("fix").path("sha256").asText().length());
                assertEquals(5, rate.path("sources").size());
                assertEquals("coinbase", rate.path("sources").path(0).path("name").asText());
                String fix = rate.path("fix").toString();
                gateway.stopGateway();
                exchanges.price("");
                gateway.startGateway();
                assertEquals(fix, rate(gateway).path("fix").toString());
                assertEquals("served", rate(gateway).path("paid_jobs").asText());
            }
        }
    }

    @Test
    void fix_thatIsWrong_isCorrectedByTheOperatorAndBillsFollow() {
        TestOperator operator = new TestOperator();
        try (TestExchanges exchanges = TestExchanges.start(Clock.systemUTC())) {
            exchanges.price("6123.45");
            String[] flags = operator.flags("--oracle.mode=live", exchanges.flag());
            try (TestGateway gateway = TestGateway.start(flags)) {
                Waiting.until("a fix", () -> operator.get("/fixes").path("fixes").size() == 1);
                Waiting.until(
                        "its price",
                        () -> rate(gateway).path("yesterday_fix").asText().equals("6123.45"));
                String day = operator.get("/fixes").at("/fixes/0/day").asText();
                String correction = "{\"day\":\"%s\",\"usd\":\"%s\",\"reason\":\"%s\"}";
                for (String wrong :
                        List.of(
                                correction.formatted(day, "61234.567", "a typo"),
                                correction.formatted(day, "-5", "a typo"),
                                correction.formatted("2026-13-45", "61234.50", "a typo"),
                                correction.formatted(day, "61234.50", ""))) {
                    assertEquals(
                            400,
                            operator.send(TestOperator.TOKEN, "/fixes/correct", wrong)
                                    .statusCode());
                }
                assertEquals(
                        404,
                        operator.send(
                                        TestOperator.TOKEN,
                                        "/fixes/correct",
                                        correction.formatted("2020-01-01", "5.00", "a typo"))
                                .statusCode());
                JsonNode right =
                        operator.post(
                                "/fixes/correct",
                                correction.formatted(day, "61234.50", "a digit was lost"));
                assertEquals(2, right.at("/fix/version").asInt());
                Waiting.until(
                        "the right price",
                        () -> rate(gateway).path("yesterday_fix").asText().equals("61234.50"));
                assertEquals(day + "/2", rate(gateway).path("rate_id").asText());
                assertEquals("a digit was lost", rate(gateway).path("fix").path("reason").asText());
                assertEquals(2, operator.get("/fixes").path("fixes").size());
                assertEquals("6123.45", operator.get("/fixes").at("/fixes/1/usd").asText());
            }
        }
    }

    @Test
    void playHosts_withRealMoney_stopTheStart() {
        ConfigException refused =
                Assertions.assertThrows(
                        ConfigException.class,
                        () ->
                                Gateway.start(
                                        GatewaySettings.read(
                                                Map.of(),
                                                List.of(
                                                        "--network=bitcoin",
                                                        "--lnurl.play_hosts=a.example.org"
                                                                + "=http://127.0.0.1:1")),
                                        Clock.systemUTC()));
        assertTrue(String.valueOf(refused.getMessage()).contains("lnurl.play_hosts"));
        for (String wrong :
                List.of(
                        "a.example.org",
                        "localhost=http://127.0.0.1:1",
                        "a.example.org=http://10.0.0.1:1",
                        "a.example.org=http://127.0.0.1:99999")) {
            Assertions.assertThrows(
                    ConfigException.class,
                    () -> GatewaySettings.read(Map.of(), List.of("--lnurl.play_hosts=" + wrong)));
        }
        assertFalse(
                GatewaySettings.read(Map.of(), List.of())
                        .get(me.owlrun.gateway.lnurl.LnurlSettings.PLAY_HOSTS)
                        .containsKey("a.example.org"));
    }
}
