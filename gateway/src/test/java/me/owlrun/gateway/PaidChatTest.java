package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.PaymentRequest;
import me.owlrun.cashu.PaymentRequestCodec;
import me.owlrun.cashu.PaymentRequestCodec.Valid;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.json.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;

/// Prompts are paid for and answered, in both units, streamed and whole: what was paid less the
/// change is the cost in the books, to the millisat.
final class PaidChatTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final List<String> ANSWER =
            List.of(
                    """
                    {"id":"x","choices":[{"index":0,"delta":{"content":"Hel"}}]}\
                    """,
                    """
                    {"id":"x","choices":[{"index":0,"delta":{"content":"lo!"}}]}\
                    """,
                    """
                    {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\
                    """,
                    """
                    {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}\
                    """,
                    "[DONE]");

    private static TestGateway gateway;
    private static TestNode node;
    private static TestBuyer buyer;

    @BeforeAll
    static void start() {
        gateway = TestGateway.start();
        node = TestNode.answering(gateway.url(), MODEL, ANSWER);
        buyer = new TestBuyer(gateway);
    }

    @AfterAll
    static void stop() {
        node.close();
        gateway.close();
    }

    @AfterEach
    void audit_afterEveryTest_findsNothing() {
        assertEquals(List.of(), gateway.audit());
    }

    @Test
    void complete_withATokenAsWalletsLinkIt_isPaid() {
        for (String form :
                List.of("  %s\t", "cashu:%s", "CASHU:%s", "cashu://%s", "web+cashu://%s")) {
            String token = buyer.token(CurrencyUnit.MSAT, 5_000, true);
            HttpResponse<String> response =
                    buyer.complete(form.formatted(token), TestBuyer.request(MODEL, false));
            assertEquals(200, response.statusCode(), form + response.body());
            assertEquals(200, buyer.outcome(form.formatted(token)).statusCode(), form);
        }
    }

    @Test
    void complete_streamedAndPaidInMsat_givesExactChange() {
        String token = buyer.token(CurrencyUnit.MSAT, 5_000, true);

        HttpResponse<String> response = buyer.complete(token, TestBuyer.request(MODEL, true));

        assertEquals(200, response.statusCode(), response.body());
        List<String> events = TestBuyer.events(response.body());
        assertEquals("[DONE]", events.getLast());
        assertEquals("[DONE]", events.get(events.size() - 3));
        JsonNode change = Json.parse(events.get(events.size() - 2));
        assertEquals("cashu_change", change.path("type").asText());
        assertEquals(10, change.path("cost_msats").asLong());
        assertEquals(4_990, change.path("change_msats").asLong());
        assertEquals(4, change.path("change_sats").asLong());
        assertTrue(change.path("token").asText().startsWith("cashuB"));
        assertEquals(4_990, buyer.cash(change));
    }

    @Test
    void complete_wholeAndPaidInSat_givesWholeSatsAndTheRestInMsat() {
        String token = buyer.token(CurrencyUnit.SAT, 100, false);

        HttpResponse<String> response = buyer.complete(token, TestBuyer.request(MODEL, false));

        assertEquals(200, response.statusCode(), response.body());
        JsonNode body = Json.parse(response.body());
        assertEquals(
                "Hello!", body.path("choices").path(0).path("message").path("content").asText());
        String sats = response.headers().firstValue("X-Cashu-Change").orElse("");
        String rest = response.headers().firstValue("X-Cashu-Change-Msat").orElse("");
        assertTrue(sats.startsWith("cashuA"));
        assertEquals(99_000, buyer.cash(sats));
        assertEquals(990, buyer.cash(rest));
    }

    @Test
    void complete_paidAsThePaymentRequestAsks_isServed() {
        HttpResponse<String> asked =
                buyer.post(
                        "/v1/chat/completions",
                        Optional.empty(),
                        Json.text(TestBuyer.request(MODEL, true)));
        assertEquals(401, asked.statusCode());
        String text = asked.headers().firstValue("X-Cashu").orElse("");
        PaymentRequest request =
                assertInstanceOf(Valid.class, PaymentRequestCodec.decode(text)).request();
        assertEquals(Optional.of("sat"), request.unit());
        assertEquals(List.of(), request.transports());
        String token = buyer.token(CurrencyUnit.SAT, request.amount().orElseThrow(), true);
        assertEquals(
                List.of(
                        assertInstanceOf(TokenCodec.Valid.class, TokenCodec.decode(token))
                                .token()
                                .mint()),
                request.mints());

        HttpResponse<String> paid = buyer.complete(token, TestBuyer.request(MODEL, true));

        assertEquals(200, paid.statusCode(), paid.body());
    }

    @Test
    void complete_unpaidAndUnpriceable_asksForNothing() {
        HttpResponse<String> asked =
                buyer.post("/v1/chat/completions", Optional.empty(), "{\"model\":\"none\"}");
        assertEquals(401, asked.statusCode());
        assertEquals(Optional.empty(), asked.headers().firstValue("X-Cashu"));
    }
}
