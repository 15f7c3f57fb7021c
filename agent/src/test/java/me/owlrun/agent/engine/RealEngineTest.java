package me.owlrun.agent.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.engine.Engine.Answer;
import me.owlrun.agent.wire.Json;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The agent's engine client against a real llama.cpp server with a model we know by heart.
final class RealEngineTest {
    private static final String MODEL = "qwen2.5:0.5b";

    @TempDir private static Path folder;
    private static LlamaServer server;
    private static Engine engine;

    @BeforeAll
    static void startServer() throws IOException, InterruptedException {
        if (LlamaServer.program().isEmpty()) {
            System.err.println("RealEngineTest not run: " + LlamaServer.howToEnable());
        }
        Assumptions.assumeTrue(LlamaServer.program().isPresent(), LlamaServer::howToEnable);
        server = LlamaServer.start(LlamaServer.program().get(), folder, MODEL);
        engine = Engines.openAi(server.address(), EngineLimits.STANDARD);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            engine.close();
            server.close();
        }
    }

    @Test
    void models_ofLlamaServer_areListedWithTheirContext() throws InterruptedException {
        var served = assertInstanceOf(Engine.ModelList.Served.class, engine.models());
        assertEquals(1, served.models().size());
        assertEquals(MODEL, served.models().getFirst().id());
        assertEquals(OptionalInt.of(4096), served.models().getFirst().contextTokens());
    }

    @Test
    void answer_ofAWholeChat_isTheKnownSentenceWithExactTokens() throws InterruptedException {
        Collected collected = new Collected();
        Answer answer = engine.answer(chat("Grüß dich, wie geht's? 🦉", 100), collected);
        var complete = assertInstanceOf(Answer.Complete.class, answer);
        assertEquals(TinyGguf.ANSWER, collected.content());
        assertEquals("stop", collected.finishReason());
        assertEquals(
                OptionalLong.of(TinyGguf.promptTokens("Grüß dich, wie geht's? 🦉")),
                complete.tally().promptTokens());
        assertEquals(
                OptionalLong.of(TinyGguf.COMPLETION_TOKENS), complete.tally().completionTokens());
    }

    @Test
    void answer_withMaxTokens_endsThereWithLength() throws InterruptedException {
        Collected collected = new Collected();
        var complete =
                assertInstanceOf(Answer.Complete.class, engine.answer(chat("hello", 5), collected));
        assertEquals(" Owlrun node says hello to", collected.content());
        assertEquals("length", collected.finishReason());
        assertEquals(OptionalLong.of(5), complete.tally().completionTokens());
        assertEquals(5, complete.tally().frames());
    }

    @Test
    void answer_toAPromptLongerThanTheContext_isContextTooLong() throws InterruptedException {
        var failed =
                assertInstanceOf(
                        Answer.Failed.class,
                        engine.answer(chat("x".repeat(5000), 5), new Collected()));
        assertEquals("context_too_long", failed.code());
        assertTrue(failed.retryable());
    }

    @Test
    void answer_notStreamed_isOneDocumentWithUsage() throws InterruptedException {
        ObjectNode body = Json.object().put("model", MODEL).put("stream", false);
        body.putArray("messages").addObject().put("role", "user").put("content", "hello");
        Collected collected = new Collected();
        var complete =
                assertInstanceOf(Answer.Complete.class, engine.answer(request(body), collected));
        assertEquals(
                TinyGguf.ANSWER, collected.document().at("/choices/0/message/content").asText());
        assertEquals(
                OptionalLong.of(TinyGguf.COMPLETION_TOKENS), complete.tally().completionTokens());
    }

    @Test
    void answer_ofAPlainCompletion_streamsThroughItsOwnRoute() throws InterruptedException {
        ObjectNode body = Json.object().put("model", MODEL).put("prompt", "say:");
        body.put("stream", true).put("max_tokens", 3);
        Collected collected = new Collected();
        assertInstanceOf(Answer.Complete.class, engine.answer(request(body), collected));
        assertTrue(collected.text().contains(" Owlrun"), collected::text);
    }

    private static EngineRequest chat(String message, int maxTokens) {
        ObjectNode body = Json.object().put("model", MODEL).put("max_tokens", maxTokens);
        body.putArray("messages").addObject().put("role", "user").put("content", message);
        return request(body);
    }

    private static EngineRequest request(ObjectNode body) {
        return EngineRequest.read(Json.write(body).getBytes(StandardCharsets.UTF_8)).orElseThrow();
    }
}
