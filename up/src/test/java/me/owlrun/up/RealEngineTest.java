package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.agent.engine.LlamaServer;
import me.owlrun.agent.engine.TinyGguf;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A real inference engine (llama.cpp's server with a tiny model the test writes) answers a paid
/// prompt through the real agent, and the billed tokens are the engine's own.
final class RealEngineTest {

    private static final String MODEL = "tiny:0.1b";
    private static final String REQUEST =
            """
            {"model":"%s","stream":%s,%s
             "messages":[{"role":"user","content":"What is an owl? üni 🦉"}]}
            """;

    @TempDir Path folder;

    @Test
    void paidPrompt_onRealEngine_billsTheEnginesTokens() throws Exception {
        Path program =
                LlamaServer.program()
                        .orElseThrow(() ->
                                Tools.missing("llama.cpp's server", LlamaServer.howToEnable()));
        try (LlamaServer engine = LlamaServer.start(program, folder, MODEL);
                RunningSystem system =
                        RunningSystem.start(folder.resolve("data"), engine.address().toString())) {
            JsonNode direct =
                    Json.parse(
                            system.post(
                                            engine.address() + "/v1/chat/completions",
                                            Map.of(),
                                            REQUEST.formatted(MODEL, false, ""))
                                    .body());
            JsonNode answer = assertPaid(system, direct, "");
            assertEquals("stop", answer.at("/choices/0/finish_reason").asText());
            JsonNode shortDirect =
                    Json.parse(
                            system.post(
                                            engine.address() + "/v1/chat/completions",
                                            Map.of(),
                                            REQUEST.formatted(MODEL, false, "\"max_tokens\":5,"))
                                    .body());
            JsonNode shortAnswer = assertPaid(system, shortDirect, "\"max_tokens\":5,");
            assertEquals(5, shortAnswer.at("/usage/completion_tokens").asInt());
            assertEquals("length", shortAnswer.at("/choices/0/finish_reason").asText());
        }
    }

    /// Pays for the same prompt through gateway and agent and compares with the engine's own
    /// answer.
    private static JsonNode assertPaid(RunningSystem system, JsonNode direct, String extra)
            throws Exception {
        String token = system.token(10, "msat");
        HttpResponse<String> response =
                system.post(
                        system.gatewayUrl() + "/v1/chat/completions",
                        Map.of("X-Cashu", token),
                        REQUEST.formatted(MODEL, false, extra));
        assertEquals(200, response.statusCode(), response.body());
        JsonNode answer = Json.parse(response.body());
        assertEquals(
                direct.at("/choices/0/message/content"), answer.at("/choices/0/message/content"));
        for (String tokens : List.of("prompt_tokens", "completion_tokens", "total_tokens")) {
            assertEquals(
                    direct.at("/usage/" + tokens), answer.at("/usage/" + tokens), response.body());
        }
        if (extra.isEmpty()) {
            assertEquals(TinyGguf.COMPLETION_TOKENS, answer.at("/usage/completion_tokens").asInt());
            assertTrue(
                    answer.at("/choices/0/message/content").asText().contains("🦉"),
                    response.body());
        }
        String change =
                response.headers()
                        .firstValue("X-Cashu-Change")
                        .orElseGet(() -> answer.at("/cashu_change/token").asText());
        Msat redeemed = Purse.redeem(system.mintUrl(), List.of(change));
        Msat cost = Purse.worth(token).minus(redeemed);
        JsonNode outcome =
                Json.parse(
                        system.post(
                                        system.gatewayUrl() + "/v1/cashu/change",
                                        Map.of("X-Cashu", token),
                                        "")
                                .body());
        assertEquals(cost.value(), outcome.path("cost_msats").asLong());
        assertEquals(
                direct.at("/usage/completion_tokens"),
                outcome.at("/usage/completion_tokens"),
                outcome.toString());
        return answer;
    }
}
