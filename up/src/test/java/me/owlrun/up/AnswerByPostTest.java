package me.owlrun.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The other documented way of answering: the real agent posts its answer to the real gateway
/// instead of sending it over the control channel, which all other tests use.
final class AnswerByPostTest {

    @TempDir Path folder;

    @Test
    void node_answeringByPost_isPaidForStreamAndWhole() throws Exception {
        Path config = folder.resolve("agent").resolve("owlrun.conf");
        Files.createDirectories(config.getParent());
        Files.writeString(config, "[marketplace]\nanswer = http\n");
        try (RunningSystem system = RunningSystem.start(folder, "mock")) {
            assertTrue(Files.readString(config).contains("answer = http"));
            for (boolean stream : new boolean[] {true, false}) {
                String token = system.token(10, "msat");
                HttpResponse<String> response =
                        system.post(
                                system.gatewayUrl() + "/v1/chat/completions",
                                Map.of("X-Cashu", token),
                                """
                                {"model":"qwen2.5:0.5b","stream":%s,
                                 "messages":[{"role":"user","content":"count to 40"}]}
                                """
                                        .formatted(stream));
                assertEquals(200, response.statusCode(), response.body());
                assertTrue(response.body().contains("40"), response.body());
                JsonNode outcome =
                        Json.parse(
                                system.post(
                                                system.gatewayUrl() + "/v1/cashu/change",
                                                Map.of("X-Cashu", token),
                                                "")
                                        .body());
                assertEquals(40, outcome.at("/usage/completion_tokens").asInt(), outcome::toString);
                Msat back = Purse.redeem(system.mintUrl(), List.of(outcome.path("token").asText()));
                assertEquals(
                        Purse.worth(token),
                        back.plus(Msat.of(outcome.path("cost_msats").asLong())));
            }
        }
    }
}
