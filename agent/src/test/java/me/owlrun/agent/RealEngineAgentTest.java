package me.owlrun.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.engine.LlamaServer;
import me.owlrun.agent.engine.TinyGguf;
import me.owlrun.agent.wire.Json;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;

/// A whole node with a real inference engine behind it, answering both ways.
final class RealEngineAgentTest {
    private static final String KEY = "owlr_prov_0123456789abcdef0123456789abcdef";
    private static final String MODEL = "qwen2.5:0.5b";

    @TempDir private Path folder;

    @BeforeAll
    static void needServer() {
        if (LlamaServer.program().isEmpty()) {
            System.err.println("RealEngineAgentTest not run: " + LlamaServer.howToEnable());
        }
        Assumptions.assumeTrue(LlamaServer.program().isPresent(), LlamaServer::howToEnable);
    }

    @Test
    void engine_thatDies_makesTheNodeRefuseJobs() throws Exception {
        try (FakeGateway gateway = FakeGateway.start(KEY);
                LlamaServer engine =
                        LlamaServer.start(LlamaServer.program().orElseThrow(), folder, MODEL);
                Agent _ = start(gateway, engine, "ws")) {
            FakeGateway.Node node = gateway.awaitNode();
            engine.kill();
            String reason = "";
            for (int number = 0; !reason.equals("model_not_loaded"); number++) {
                assertTrue(number < 1_000, "the node goes on accepting jobs");
                String jobId = "job-" + number;
                node.offer(jobId, MODEL);
                ObjectNode verdict =
                        gateway.awaitMessage(
                                message -> message.path("job_id").asText().equals(jobId));
                reason = verdict.path("reason").asText("");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"ws", "http"})
    void job_onARealEngine_isAnsweredToTheToken(String way) throws Exception {
        try (FakeGateway gateway = FakeGateway.start(KEY);
                LlamaServer engine =
                        LlamaServer.start(LlamaServer.program().orElseThrow(), folder, MODEL);
                Agent _ = start(gateway, engine, way)) {
            ObjectNode registration = gateway.awaitRegistration();
            assertEquals(MODEL, registration.path("models").path(0).asText());
            assertEquals(4096, registration.path("context").path(MODEL).asInt());
            ObjectNode body = Json.object().put("model", MODEL).put("max_tokens", 100);
            body.putArray("messages").addObject().put("role", "user").put("content", "hello 🦉");
            gateway.requests.put("job-1", Json.write(body));
            gateway.awaitNode().offer("job-1", MODEL);
            String answer =
                    way.equals("ws")
                            ? gateway.awaitAnswer("job-1").data()
                            : gateway.awaitPost().data();
            assertTrue(answer.contains("🦉"), answer);
            assertTrue(
                    answer.contains("\"completion_tokens\":" + TinyGguf.COMPLETION_TOKENS), answer);
            assertTrue(
                    answer.contains("\"prompt_tokens\":" + TinyGguf.promptTokens("hello 🦉")),
                    answer);
            assertTrue(answer.endsWith("data: [DONE]\n\n"), answer);
        }
    }

    private Agent start(FakeGateway gateway, LlamaServer engine, String way) {
        Map<String, String> overrides =
                Map.of(
                        "account.api_key",
                        KEY,
                        "marketplace.gateway",
                        gateway.url(),
                        "marketplace.answer",
                        way,
                        "inference.engine",
                        "openai",
                        "inference.engine_url",
                        engine.address().toString(),
                        "idle.job_mode",
                        "always",
                        "dashboard.port",
                        "0");
        SecureRandom random = new SecureRandom();
        Config config = Config.load(folder.resolve("owlrun.conf"), overrides, random);
        return Agent.start(config, Map.of(), AgentTest.surroundings(folder), AgentTest.QUICK);
    }
}
