package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.gateway.oracle.TestExchanges;
import me.owlrun.json.Json;
import me.owlrun.mint.testing.PowerCut;
import me.owlrun.mint.testing.TestMint;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// `/healthz` says what is wrong and what to do about it, for every cause, and every cause has its
/// line in docs/admin.md.
final class HealthTextTest {

    /// A word of the remedy of each cause.
    private static final Map<String, String> REMEDIES =
            Map.of(
                    "mint_unavailable", "mint.url",
                    "audit", "Run 'audit'",
                    "stuck", "admin stuck",
                    "oracle_stale", "oracle.mode",
                    "proxy_untrusted", "guard.trusted_proxies",
                    "payouts_paused", "admin stuck",
                    "paused_payouts", "admin resume payouts",
                    "paused_jobs", "admin resume jobs",
                    "database", "PostgreSQL");

    private static void assertTold(TestGateway gateway, String code) {
        Waiting.until(code, () -> problem(gateway, code).isObject());
        JsonNode problem = problem(gateway, code);
        String text = problem.path("title").asText() + ". " + problem.path("text").asText();
        assertTrue(text.contains(String.valueOf(REMEDIES.get(code))), code + ": " + text);
        assertTrue(problem.path("title").asText().length() > 10, text);
    }

    private static JsonNode problem(TestGateway gateway, String code) {
        for (JsonNode each : Json.parse(gateway.get("/healthz").body()).path("problems")) {
            if (each.path("code").asText().equals(code)) {
                return each;
            }
        }
        return Json.parse("null");
    }

    @Test
    void everyCause_isToldWithItsRemedy() {
        TestOperator operator = new TestOperator();
        try (TestExchanges exchanges = TestExchanges.start(Clock.systemUTC())) {
            exchanges.price("");
            String[] flags = operator.flags("--oracle.mode=live", exchanges.flag());
            try (TestGateway gateway = TestGateway.startBehind(TestMint.fresh().start(), flags)) {
                assertTold(gateway, "oracle_stale");
                new TestBuyer(gateway)
                        .post(
                                "/v1/estimate",
                                java.util.Optional.empty(),
                                "{}",
                                "X-Forwarded-For",
                                "203.0.113.7")
                        .body();
                assertTold(gateway, "proxy_untrusted");
                var _ = operator.post("/pause", "{\"what\":[\"payouts\",\"jobs\"]}");
                assertTold(gateway, "paused_payouts");
                assertTold(gateway, "paused_jobs");
                TestSql.execute(
                        gateway,
                        "INSERT INTO payout_pause VALUES"
                                + " ('breaker', 'the mint cannot pay', now(), NULL)");
                assertTold(gateway, "payouts_paused");
                TestSql.execute(
                        gateway,
                        "INSERT INTO payment (id, token_key, state, owner_boot, model, unit,"
                                + " encoding, paid_msat, created_at, next_attempt_at)"
                                + " VALUES ('pay_old', 'k', 'intent',"
                                + " (SELECT boot_id FROM gateway_instance LIMIT 1), 'm', 'msat',"
                                + " 'A', 7, now() - interval '3 hours', now() + interval '1 day')");
                assertEquals("breach", operator.post("/audit", "{}").path("result").asText());
                assertTold(gateway, "audit");
                assertTold(gateway, "stuck");
                gateway.mint().close();
                assertTold(gateway, "mint_unavailable");
                assertEquals(200, gateway.get("/healthz").statusCode());
                assertEquals("degraded", gateway.health("status"));
            }
        }
    }

    @Test
    void databaseAway_isToldAtOnce_andNotByAnError() {
        try (PowerCut power = new PowerCut();
                TestGateway gateway =
                        TestGateway.start("--database.url=" + power.postgres().url("postgres"))) {
            power.cut();
            assertTold(gateway, "database");
            assertEquals(503, gateway.get("/healthz").statusCode());
            assertEquals("down", gateway.health("status"));
            power.restore();
            Waiting.until("again", () -> gateway.get("/healthz").statusCode() == 200);
        }
    }

    @Test
    void everyCause_hasItsLineInTheDocs() throws IOException {
        Path root = Path.of(System.getProperty("owlrun.root"));
        String docs = Files.readString(root.resolve("docs/admin.md"));
        Pattern code = Pattern.compile("new Problem\\(\\s*\"([a-z_]+)\"");
        List<String> missing;
        try (var files = Files.walk(root.resolve("gateway/src/main/java"))) {
            missing =
                    files.filter(file -> file.toString().endsWith(".java"))
                            .map(HealthTextTest::read)
                            .flatMap(text -> code.matcher(text).results())
                            .map(found -> found.group(1))
                            .filter(found -> !found.equals("paused_"))
                            .filter(found -> !docs.contains("`" + found + "`"))
                            .toList();
        }
        assertEquals(List.of(), missing);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
