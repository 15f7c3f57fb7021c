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

import java.net.http.HttpResponse;
import java.util.List;

/// The rules of seed `001` by settings: a job costs at least 2 sats, one for each side, and ecash
/// comes beside a key.
final class Seed001RulesTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final TestOperator OPERATOR = new TestOperator();

    private static TestGateway gateway;
    private static TestNode node;
    private static TestBuyer buyer;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start(OPERATOR.flags("--price.minimum=2000", "--key.required=true"));
        node = TestNode.answering(gateway.url(), MODEL, TestAnswers.HELLO);
        buyer = new TestBuyer(gateway);
    }

    @AfterAll
    static void stop() {
        node.close();
        gateway.close();
    }

    private static HttpResponse<String> ask(String token, String... headers) {
        return buyer.complete(token, TestBuyer.request(MODEL, false), headers);
    }

    @Test
    void smallJob_costsTwoSats_oneForTheNodeAndOneForTheGateway() {
        String key = TestAccount.open(gateway).key();
        String token = buyer.token(CurrencyUnit.SAT, 5, true);
        HttpResponse<String> answer = ask(token, "Authorization", "Bearer " + key);
        assertEquals(200, answer.statusCode(), answer.body());
        assertEquals(2_000, Json.parse(answer.body()).at("/usage/cost_msats").asLong());
        assertEquals(3_000, buyer.cash(answer.headers().firstValue("X-Cashu-Change").orElse("")));
        assertEquals(1_000, node.await("job_complete").path("earned_msats").asLong());
        JsonNode bill =
                OPERATOR.get("/explain/" + TestSql.text(gateway, "SELECT job_id FROM bill"));
        assertTrue(bill.path("matches").asBoolean(), bill.toString());
        assertEquals(1_000, bill.at("/booked/fee_msats").asLong());
        assertEquals(List.of(), gateway.audit());
    }

    @Test
    void tokenBelowTheMinimum_isTooLittleAndStaysWhole() {
        String key = TestAccount.open(gateway).key();
        String token = buyer.token(CurrencyUnit.MSAT, 1_999, true);
        HttpResponse<String> answer = ask(token, "Authorization", "Bearer " + key);
        assertEquals(402, answer.statusCode());
        assertTrue(answer.body().contains("insufficient_funds"), answer.body());
        assertTrue(answer.body().contains("2000 msat at least"), answer.body());
        assertEquals(1_999, buyer.cash(token));
    }

    @Test
    void tokenWithoutAKey_orWithAWrongOne_is401AndStaysWhole() {
        String token = buyer.token(CurrencyUnit.SAT, 5, true);
        for (HttpResponse<String> answer :
                List.of(
                        ask(token),
                        ask(token, "Authorization", "Bearer sk-anything"),
                        ask(token, "Authorization", "Bearer owlr_buy_" + "0".repeat(48)))) {
            assertEquals(401, answer.statusCode());
            assertTrue(answer.body().contains("invalid_api_key"), answer.body());
            assertFalse(answer.headers().firstValue("X-Cashu-Change").isPresent());
        }
        assertEquals(5_000, buyer.cash(token));
    }

    @Test
    void rate_tellsTheMinimum() {
        JsonNode rate = Json.parse(gateway.get("/v1/oracle/rate").body());
        assertEquals(2_000, rate.path("min_cost_msats").asLong());
        assertTrue(rate.path("formula").asText().contains("at least 2000 msat"), rate.toString());
    }
}
