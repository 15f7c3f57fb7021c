package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;

import java.util.List;

/// Chats paid by a key, from signing up to the account's history.
final class KeyPaidChatTest {

    private static final String BODY =
            """
            {"model":"qwen2.5:0.5b","messages":[{"role":"user","content":"Hi"}]}\
            """;
    private static final List<String> HELLO =
            List.of(
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}",
                    "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}",
                    "[DONE]");

    @Test
    void chat_withoutMaxTokens_holdsWhatTheContextCanCostAndNotTheWholeBalance() {
        try (TestGateway gateway = TestGateway.start();
                TestNode node = TestNode.answering(gateway.url(), "qwen2.5:0.5b", HELLO)) {
            TestAccount account = TestAccount.open(gateway);
            assertEquals("credited", account.topUp(500).path("state").asText());
            JsonNode answer = account.post("/v1/chat/completions", BODY).ok();
            assertEquals("Hello", answer.at("/choices/0/message/content").asText());
            long cost = answer.at("/usage/cost_msats").asLong();
            assertEquals(500_000 - cost, account.balanceMsat());
            long held = TestSql.number(gateway, "SELECT max(held_sats_msat) FROM charge");
            assertTrue(held >= cost && held < 5_000, "held " + held);
            JsonNode history = account.get("/v1/account/history").ok().path("data");
            assertEquals("settle", history.path(0).path("event").asText());
            assertEquals("hold", history.path(1).path("event").asText());
            assertEquals(List.of(), gateway.audit());
            assertTrue(node.key().startsWith("owlr_prov_"));
        }
    }
}
