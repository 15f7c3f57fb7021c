package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// The operator's interface on its own port, and its words on the command line.
final class OperatorTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final Pattern SAMPLE =
            Pattern.compile("([a-z_]+)(\\{([a-z]+=\"[^\"]*\",?)+})? (-?[0-9.]+|\\+Inf)");

    private static final TestOperator OPERATOR = new TestOperator();
    private static TestGateway gateway;
    private static TestNode node;
    private static TestBuyer buyer;
    private static Path prices;

    @BeforeAll
    static void start() throws IOException {
        prices = Files.createTempFile("owlrun-prices", ".json");
        Files.write(prices, standardPrices());
        gateway = TestGateway.start(OPERATOR.flags("--prices.file=" + prices));
        node = TestNode.answering(gateway.url(), MODEL, TestAnswers.HELLO);
        buyer = new TestBuyer(gateway);
    }

    private static byte[] standardPrices() throws IOException {
        try (var list = me.owlrun.gateway.market.Catalog.class.getResourceAsStream("models.json")) {
            return java.util.Objects.requireNonNull(list).readAllBytes();
        }
    }

    @AfterAll
    static void stop() {
        node.close();
        gateway.close();
    }

    private static HttpResponse<String> chat() {
        return buyer.complete(
                buyer.token(CurrencyUnit.MSAT, 5_000, false), TestBuyer.request(MODEL, false));
    }

    @Test
    void withoutTheToken_nothingIsAnswered() {
        for (String path : List.of("/status", "/metrics", "/nothing")) {
            assertEquals(401, OPERATOR.send("", path, "").statusCode());
            assertEquals(401, OPERATOR.send(TestOperator.TOKEN + "0", path, "").statusCode());
        }
        assertEquals(401, OPERATOR.send("", "/pause", "{\"what\":[\"jobs\"]}").statusCode());
        assertEquals(404, OPERATOR.send(TestOperator.TOKEN, "/nothing", "").statusCode());
        assertEquals(404, gateway.get("/metrics").statusCode());
    }

    @Test
    void pausedJobs_areRefusedBeforeTheTokenIsTouched_andGoOnAfterwards() {
        String token = buyer.token(CurrencyUnit.MSAT, 5_000, false);
        JsonNode paused = OPERATOR.post("/pause", "{\"what\":[\"jobs\"],\"reason\":\"new disk\"}");
        assertEquals("new disk", paused.at("/paused/jobs/reason").asText());
        HttpResponse<String> refused = buyer.complete(token, TestBuyer.request(MODEL, false));
        assertEquals(503, refused.statusCode());
        assertEquals("paused", Json.parse(refused.body()).at("/error/code").asText());
        assertTrue(refused.headers().firstValue("Retry-After").isPresent());
        assertEquals("degraded", gateway.health("status"));
        assertTrue(gateway.get("/healthz").body().contains("paused_jobs"));
        var _ = OPERATOR.post("/resume", "{\"what\":[\"jobs\"]}");
        assertEquals(200, buyer.complete(token, TestBuyer.request(MODEL, false)).statusCode());
    }

    @Test
    void pausedRegistrations_keepKnownNodes() {
        var _ = OPERATOR.post("/pause", "{\"what\":[\"registrations\"]}");
        node.register(List.of(MODEL));
        AssertionError refused =
                org.junit.jupiter.api.Assertions.assertThrows(
                        AssertionError.class,
                        () -> TestNode.connect(gateway.url(), List.of(MODEL), (n, job) -> {}));
        assertEquals("register: 503", refused.getMessage());
        var _ = OPERATOR.post("/resume", "{\"what\":[\"registrations\"]}");
    }

    @Test
    void wrongAsks_areNamed() {
        for (String body : List.of("{}", "{\"what\":[]}", "{\"what\":[\"x\"]}", "[")) {
            assertEquals(400, OPERATOR.send(TestOperator.TOKEN, "/pause", body).statusCode());
        }
        assertEquals(
                404,
                OPERATOR.send(TestOperator.TOKEN, "/stuck/retry", "{\"id\":\"x\"}").statusCode());
        assertEquals(404, OPERATOR.send(TestOperator.TOKEN, "/explain/none", "").statusCode());
        HttpResponse<String> fixes = OPERATOR.send(TestOperator.TOKEN, "/fixes", "");
        assertEquals(404, fixes.statusCode());
        assertTrue(fixes.body().contains("oracle.usd_per_btc"), fixes.body());
    }

    @Test
    void broadcasts_areAddedToldAndEnded() {
        JsonNode added =
                OPERATOR.post(
                        "/broadcasts/add",
                        "{\"title\":\"Maintenance\",\"message\":\"At noon.\","
                                + "\"severity\":\"warning\",\"minutes\":60}");
        String id = added.at("/broadcasts/0/id").asText();
        JsonNode told = Json.parse(gateway.get("/v1/broadcasts").body()).at("/broadcasts/0");
        assertEquals("Maintenance", told.path("title").asText());
        assertEquals("warning", told.path("severity").asText());
        assertTrue(told.has("created_at"));
        var _ = OPERATOR.post("/broadcasts/end", "{\"id\":" + id + "}");
        assertEquals(0, Json.parse(gateway.get("/v1/broadcasts").body()).path("broadcasts").size());
        assertEquals(
                400,
                OPERATOR.send(TestOperator.TOKEN, "/broadcasts/add", "{\"title\":\"x\"}")
                        .statusCode());
    }

    @Test
    void prices_areReloaded_andABadFileKeepsTheOldOnes() throws IOException {
        String good = Files.readString(prices);
        String pointer = "/models/1/input_usd_per_m";
        assertEquals("0.005", OPERATOR.get("/prices").at(pointer).asText());
        Files.writeString(
                prices,
                good.replaceFirst("\"0.005\"", "\"0.006\"").replace("\"0.005\"", "\"0.006\""));
        assertEquals("0.006", OPERATOR.post("/prices/reload", "{}").at(pointer).asText());
        Files.writeString(prices, "{\"models\":");
        HttpResponse<String> refused = OPERATOR.send(TestOperator.TOKEN, "/prices/reload", "{}");
        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().contains("the old prices stay"), refused.body());
        assertEquals("0.006", OPERATOR.get("/prices").at(pointer).asText());
        Files.writeString(prices, good);
        var _ = OPERATOR.post("/prices/reload", "{}");
    }

    @Test
    void explain_makesTheBillAgain_andSeesAWrongOne() {
        HttpResponse<String> answer = chat();
        assertEquals(200, answer.statusCode());
        String job =
                TestSql.text(gateway, "SELECT job_id FROM bill ORDER BY settled_at DESC LIMIT 1");
        JsonNode bill = OPERATOR.get("/explain/" + job);
        assertTrue(bill.path("matches").asBoolean(), bill.toString());
        assertEquals(bill.path("booked"), bill.path("again"));
        assertEquals(8, bill.path("steps").size());
        List<String> flags = new ArrayList<>(gateway.databaseFlags());
        flags.add("explain");
        assertEquals(0, GatewayProcess.run(job, flags).status());
        TestSql.execute(
                gateway,
                "UPDATE bill SET fee_msat = fee_msat + 1, provider_msat = provider_msat - 1"
                        + " WHERE job_id = '"
                        + job
                        + "'");
        assertFalse(OPERATOR.get("/explain/" + job).path("matches").asBoolean());
        assertEquals(3, GatewayProcess.run(job, flags).status());
        TestSql.execute(
                gateway,
                "UPDATE bill SET fee_msat = fee_msat - 1, provider_msat = provider_msat + 1"
                        + " WHERE job_id = '"
                        + job
                        + "'");
    }

    @Test
    void nodes_areListed_andRestWhenTold() {
        JsonNode listed = OPERATOR.get("/nodes").at("/nodes/0");
        assertEquals(node.nodeId(), listed.path("node").asText());
        assertEquals(0, listed.path("running").asInt(-1));
        String rest = "{\"provider\":%d,\"node\":\"%s\",\"on\":%s,\"reason\":\"slow\"}";
        long provider = listed.path("provider").asLong();
        JsonNode resting =
                OPERATOR.post(
                        "/nodes/maintenance", rest.formatted(provider, node.nodeId(), "true"));
        assertEquals("slow", resting.at("/maintenance/0/reason").asText());
        assertEquals(503, chat().statusCode());
        var _ =
                OPERATOR.post(
                        "/nodes/maintenance", rest.formatted(provider, node.nodeId(), "false"));
        assertEquals(200, chat().statusCode());
    }

    @Test
    void accounts_areFoundByNumberAndKey_withoutSecrets() {
        HttpResponse<String> byKey =
                OPERATOR.send(TestOperator.TOKEN, "/accounts/" + node.key(), "");
        assertFalse(byKey.body().contains(node.key()));
        JsonNode account = Json.parse(byKey.body()).at("/accounts/0");
        assertEquals(1, account.path("nodes").asInt());
        assertEquals(
                account,
                OPERATOR.get("/accounts/" + account.path("id").asText()).at("/accounts/0"));
    }

    @Test
    void stuckPayments_areShownWithTheirAge_andLookedAtOnDemand() {
        TestSql.execute(
                gateway,
                "INSERT INTO payment (id, token_key, state, owner_boot, model, unit, encoding,"
                        + " paid_msat, created_at, next_attempt_at)"
                        + " VALUES ('pay_old', 'k', 'intent',"
                        + " (SELECT boot_id FROM gateway_instance LIMIT 1), 'm', 'msat', 'A', 7,"
                        + " now() - interval '3 hours', now() + interval '1 day')");
        JsonNode stuck = OPERATOR.get("/stuck").at("/stuck/0");
        assertEquals("pay_old", stuck.path("id").asText());
        assertTrue(stuck.path("age_seconds").asLong() >= 10_800);
        assertTrue(
                OPERATOR.post("/stuck/retry", "{\"id\":\"pay_old\"}").path("retried").asBoolean());
        assertEquals(
                1,
                TestSql.number(
                        gateway,
                        "SELECT count(*) FROM payment WHERE id = 'pay_old'"
                                + " AND next_attempt_at <= now()"));
        TestSql.execute(gateway, "DELETE FROM payment WHERE id = 'pay_old'");
    }

    @Test
    void metrics_areInThePrometheusFormat_andCountWhatHappened() {
        assertEquals(200, chat().statusCode());
        String text = OPERATOR.send(TestOperator.TOKEN, "/metrics", "").body();
        for (String line : text.lines().toList()) {
            assertTrue(line.startsWith("# ") || SAMPLE.matcher(line).matches(), line);
        }
        for (String name :
                List.of(
                        "owlrun_gateway_http_requests_total{",
                        "owlrun_gateway_added_seconds_count",
                        "owlrun_gateway_mint_answer_seconds_count",
                        "owlrun_gateway_payments_open{state=\"claimed\"} 0",
                        "owlrun_gateway_nodes_taking_jobs 1",
                        "owlrun_gateway_float_kits_free",
                        "owlrun_gateway_jobs_total{outcome=\"answered\"}",
                        "owlrun_gateway_ledger_balance_millisatoshis{account=\"job_escrow\"}",
                        "owlrun_gateway_jvm_memory_used_bytes")) {
            assertTrue(text.contains(name), name + " in " + text);
        }
        assertFalse(text.contains("route=\"chat\",status=\"2xx\"} 0"));
    }

    @Test
    void transparency_addsUpTheLedger_alsoAfterThePastWasPutAside() {
        assertEquals(200, chat().statusCode());
        Waiting.until(
                "new totals",
                () -> {
                    JsonNode totals = Json.parse(gateway.get("/v1/transparency").body());
                    long booked = TestSql.number(gateway, claimed());
                    return totals.path("claimed_msats").asLong() == booked && booked > 0;
                });
        JsonNode totals = Json.parse(gateway.get("/v1/transparency").body());
        assertTrue(totals.path("age_seconds").asLong() >= 0);
        assertEquals(0, totals.at("/liabilities_msats/job_escrow").asLong(-1));
        assertEquals(
                totals.path("owed_to_accounts_msats").asLong(),
                totals.at("/liabilities_msats/sats").asLong(-1));
    }

    private static String claimed() {
        return "SELECT coalesce(sum(e.amount_msat), 0) FROM transfer t JOIN entry e ON"
                + " e.transfer_id = t.id JOIN account a ON a.id = e.account_id WHERE t.kind ="
                + " 'claim' AND a.kind = 'job_escrow'";
    }

    @Test
    void commandLine_asksTheRunningGateway() {
        List<String> flags = new ArrayList<>(Arrays.asList(OPERATOR.flags()));
        flags.add("admin");
        GatewayProcess.Result status = GatewayProcess.run("status", flags);
        assertEquals(0, status.status(), status.output());
        assertTrue(status.output().contains("\"instance\" : \"a\""), status.output());
        assertEquals(1, GatewayProcess.run("dance", flags).status());
        assertEquals(2, GatewayProcess.run("dance", List.of()).status());
    }
}
