package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.json.Json;

import org.junit.jupiter.api.Test;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a gateway that logs everything writes: one JSON object a line, and nothing that is secret.
final class LogTest {

    private static final String MODEL = "qwen2.5:0.5b";
    private static final String PROMPT = "pelican zebra marmalade";

    @Test
    void everyLine_isJson_namesRequestAndJob_andHoldsNoSecret() {
        List<String> lines;
        List<String> secrets = new ArrayList<>(List.of(PROMPT, "Hel", "lo!"));
        String requestId;
        try (TestGateway gateway =
                        TestGateway.startAsProcess(
                                "--log.format=json", "--log.level=all", "--log.requests=true");
                TestNode node = TestNode.answering(gateway.url(), MODEL, TestAnswers.HELLO);
                TestNode broken =
                        TestNode.connect(gateway.url(), List.of("broken:1b"), TestNode::reject)) {
            TestBuyer buyer = new TestBuyer(gateway);
            secrets.add(node.key());
            secrets.add(broken.key());
            HttpResponse<String> paid = pay(buyer, MODEL, secrets);
            assertEquals(200, paid.statusCode());
            requestId = paid.headers().firstValue("x-request-id").orElseThrow();
            secrets.add(TestBuyer.changeEvent(paid.body()).path("token").asText());
            assertEquals(503, pay(buyer, "broken:1b", secrets).statusCode());
            String forged = "cashuAeyJ0b2tlbiI6W3sicHJvb2ZzIjpbXX1dfQ";
            secrets.add(forged);
            assertEquals(400, buyer.complete(forged, TestBuyer.request(MODEL, true)).statusCode());
            String key = "owlr_buy_ThisIsASecretKey123";
            secrets.add(key);
            assertEquals(
                    401,
                    buyer.post(
                                    "/v1/chat/completions",
                                    Optional.empty(),
                                    Json.text(TestBuyer.request(MODEL, true)),
                                    "Authorization",
                                    "Bearer " + key)
                            .statusCode());
            gateway.stopGateway();
            lines = gateway.log();
        }
        assertTrue(lines.size() >= 4, lines.toString());
        List<JsonNode> parsed = lines.stream().map(Json::parse).map(JsonNode.class::cast).toList();
        JsonNode line =
                parsed.stream()
                        .filter(each -> each.path("request").asText().equals(requestId))
                        .filter(each -> each.has("status"))
                        .findFirst()
                        .orElseThrow();
        assertEquals("chat", line.path("route").asText());
        assertEquals(200, line.path("status").asInt());
        assertTrue(line.path("job").asText().startsWith("job_a_"), line.toString());
        assertEquals("answered", line.path("outcome").asText());
        assertTrue(line.path("ms").asLong(-1) >= 0);
        String all = String.join("\n", lines);
        secrets.forEach(secret -> assertFalse(all.contains(secret), secret));
    }

    private static HttpResponse<String> pay(TestBuyer buyer, String model, List<String> secrets) {
        String token = buyer.token(CurrencyUnit.MSAT, 50_000, false);
        secrets.add(token);
        if (TokenCodec.decode(token) instanceof TokenCodec.Valid valid) {
            valid.token().proofs().stream().map(Proof::secret).forEach(secrets::add);
        }
        ObjectNode body = TestBuyer.request(model, true);
        body.withArray("messages").removeAll();
        body.withArray("messages").addObject().put("role", "user").put("content", PROMPT);
        return buyer.complete(token, body);
    }
}
