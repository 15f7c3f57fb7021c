package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.config.ConfigException;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Bounties in a whole gateway: the operator offers one, buyers pay, the node gets it.
final class BountyTest {

    private static final String MODEL = "llama3.1:70b";
    private static final String OTHER = "llama3.3:70b";
    private static final List<String> ANSWER = answer();

    private static final TestOperator OPERATOR = new TestOperator();
    private static TestGateway gateway;

    /// Long enough for a bounty to be more than nothing.
    private static List<String> answer() {
        String words =
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"more and more words \"}}]}";
        List<String> answer = new ArrayList<>(Collections.nCopies(400, words));
        answer.add("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
        answer.add("{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2000}}");
        answer.add("[DONE]");
        return answer;
    }

    @BeforeAll
    static void start() {
        gateway =
                TestGateway.start(
                        OPERATOR.flags(
                                "--bounty.every=1",
                                "--bounty.vest=0",
                                "--bounty.payers=1",
                                "--bounty.feed=100",
                                "--bounty.max.t0=1080"));
    }

    @AfterAll
    static void stop() {
        assertEquals(List.of(), gateway.audit());
        gateway.close();
    }

    private static void buy(String model) {
        TestBuyer buyer = new TestBuyer(gateway);
        String token = buyer.token(CurrencyUnit.MSAT, 100_000, true);
        var response = buyer.complete(token, TestBuyer.request(model, true));
        assertEquals(200, response.statusCode(), response.body());
    }

    private static long number(String sql) {
        return TestSql.number(gateway, sql);
    }

    @Test
    void offer_ofAModel_paysTheNodeMore() {
        try (TestNode node = TestNode.answering(gateway.url(), MODEL, ANSWER)) {
            buy(MODEL);
            JsonNode offered =
                    OPERATOR.post(
                            "/bounties/set",
                            """
                            {"model":"%s","permille":1050,"daily_budget_sats":5,"reason":"few"}\
                            """
                                    .formatted(MODEL));
            assertEquals(MODEL, offered.at("/data/0/model").asText());
            buy(MODEL);
            Waiting.until(
                    "a bounty",
                    () -> number("SELECT count(*) FROM bounty_accrual WHERE state = 'vested'") > 0);
            long extra = number("SELECT sum(sats_msat)::bigint FROM bounty_accrual");
            long pay = number("SELECT sum(base_sats_msat)::bigint FROM bounty_accrual");
            assertEquals(pay * 50 / 1000, extra);
            assertTrue(extra > 0);
            String job = TestSql.text(gateway, "SELECT job_id FROM bounty_accrual LIMIT 1");
            JsonNode explained = OPERATOR.get("/explain/" + job);
            assertTrue(explained.path("matches").asBoolean(), explained.toString());
            assertTrue(explained.at("/bounty/matches").asBoolean(), explained.toString());
            assertEquals("vested", explained.at("/bounty/state").asText());
            JsonNode history =
                    Json.parse(
                            new TestBuyer(gateway).get("/v1/account/history", node.key()).body());
            assertEquals("bounty", history.at("/data/0/event").asText(), history.toString());
            assertEquals(extra, history.at("/data/0/amount_msats").asLong());
            JsonNode shown = Json.parse(gateway.get("/v1/bounties").body());
            assertEquals("1.050", shown.at("/data/0/multiplier").asText());
            assertEquals(5_000 - extra, shown.at("/data/0/left_today/sats_msats").asLong());
            assertEquals(
                    shown.at("/pool/sats_msats").asLong(),
                    number("SELECT balance_msat FROM account WHERE kind = 'bounty_pool'"));
            assertTrue(shown.at("/rules/wash_bounds/worst_cases").size() >= 4);
        }
    }

    @Test
    void operator_givesOncePerName_andNoMoreThanWasEarned() {
        String gift = "{\"id\":\"gift\",\"credit_sats\":7}";
        long before = credit();
        var _ = OPERATOR.post("/bounties/fund", gift);
        var _ = OPERATOR.post("/bounties/fund", gift);
        assertEquals(before + 7_000, credit());
        assertEquals(400, refused("/bounties/fund", "{\"id\":\"gift\",\"credit_sats\":8}"));
        assertEquals(400, refused("/bounties/fund", "{\"id\":\"more\",\"sats\":100000000}"));
        assertEquals(400, refused("/bounties/fund", "{\"id\":\"none\"}"));
        assertEquals(400, refused("/bounties/fund", "{\"id\":\"x\",\"sats\":1.5}"));
        assertEquals(400, refused("/bounties/set", "{\"model\":\"a\",\"permille\":999}"));
        assertEquals(400, refused("/bounties/set", "{\"model\":\"a\",\"permille\":1081}"));
        assertEquals(400, refused("/bounties/set", "{\"permille\":1010}"));
    }

    private static long credit() {
        return number(
                "SELECT coalesce(sum(balance_msat), 0)::bigint FROM account"
                        + " WHERE kind = 'credit_bounty_pool'");
    }

    private static int refused(String path, String body) {
        return OPERATOR.send(TestOperator.TOKEN, path, body).statusCode();
    }

    /// Giving up a model costs a tenth at first; taking one more, or none for a while, does not.
    @Test
    void switchOfModels_lowersThePay_andTheBillSaysSo() {
        try (TestNode node = TestNode.answering(gateway.url(), OTHER, ANSWER)) {
            node.register(List.of(OTHER, "mistral:7b"));
            node.register(List.of());
            node.register(List.of(OTHER, "mistral:7b"));
            String switched = "SELECT count(*) FROM node WHERE models_switched_at IS NOT NULL";
            assertEquals(0, number(switched));
            node.register(List.of(OTHER));
            assertEquals(1, number(switched));
            String flapped = "SELECT count(*) FROM bill WHERE flap_permille > 0";
            Waiting.until(
                    "a lower pay",
                    () -> {
                        buy(OTHER);
                        return number(flapped) > 0;
                    });
            String job =
                    TestSql.text(
                            gateway, "SELECT job_id FROM bill WHERE flap_permille > 0 LIMIT 1");
            JsonNode explained = OPERATOR.get("/explain/" + job);
            assertTrue(explained.path("matches").asBoolean(), explained.toString());
            assertTrue(explained.toString().contains("a switch of models: 100 permille"));
            assertFalse(explained.has("bounty"));
        }
    }

    @Test
    void settings_thatMakeBuyingFromOneselfPay_stopTheStart() {
        ConfigException refused =
                assertThrows(
                        ConfigException.class,
                        () -> gateway.another("--instance=b", "--bounty.max.t3=1250").close());
        assertTrue(String.valueOf(refused.getMessage()).contains("bounty.max.t3"));
    }
}
