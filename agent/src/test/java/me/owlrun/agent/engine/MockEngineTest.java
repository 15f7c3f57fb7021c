package me.owlrun.agent.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.engine.Engine.Answer;
import me.owlrun.agent.wire.Json;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;

/// The mock engine keeps the rules its documentation promises to other tests.
final class MockEngineTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_795_000_000);
    private final Engine engine = Engines.mock(InstantSource.fixed(NOW), Duration.ZERO);

    @Test
    void answer_toAMessage_greetsAndRepeatsIt() throws InterruptedException {
        Collected collected = new Collected();
        var complete = complete(chat("  Grüß   dich\n🦉 ", -1), collected);
        assertEquals(
                "Hoo! This is the Owlrun mock engine. 🦉 You said: Grüß dich 🦉",
                collected.content());
        assertEquals("stop", collected.finishReason());
        assertEquals(OptionalLong.of(3), complete.tally().promptTokens());
        assertEquals(OptionalLong.of(13), complete.tally().completionTokens());
    }

    @Test
    void answer_stream_hasTheShapeOfOpenAi() throws InterruptedException {
        Collected collected = new Collected();
        assertFalse(complete(chat("count to 2", -1), collected).tally().frames() == 0);
        List<ObjectNode> chunks = collected.chunks();
        assertEquals(5, chunks.size());
        assertEquals("assistant", chunks.get(0).at("/choices/0/delta/role").asText());
        assertTrue(chunks.get(0).at("/choices/0/finish_reason").isNull());
        assertEquals("1", chunks.get(1).at("/choices/0/delta/content").asText());
        assertEquals(" 2", chunks.get(2).at("/choices/0/delta/content").asText());
        assertEquals("stop", chunks.get(3).at("/choices/0/finish_reason").asText());
        assertEquals(0, chunks.get(4).path("choices").size());
        assertEquals(2, chunks.get(4).at("/usage/completion_tokens").asInt());
        assertEquals(3, chunks.get(4).at("/usage/prompt_tokens").asInt());
        for (ObjectNode chunk : chunks) {
            assertEquals(chunks.get(0).path("id"), chunk.path("id"));
            assertEquals("chat.completion.chunk", chunk.path("object").asText());
            assertEquals(NOW.getEpochSecond(), chunk.path("created").asLong());
            assertEquals("qwen2.5:0.5b", chunk.path("model").asText());
        }
        assertTrue(collected.text().endsWith("data: [DONE]\n\n"));
    }

    @Test
    void answer_withMaxTokens_isCutWithLength() throws InterruptedException {
        Collected collected = new Collected();
        var complete = complete(chat("count to 9999", 5), collected);
        assertEquals("1 2 3 4 5", collected.content());
        assertEquals("length", collected.finishReason());
        assertEquals(OptionalLong.of(5), complete.tally().completionTokens());
    }

    @Test
    void answer_notStreamed_isOneDocument() throws InterruptedException {
        ObjectNode body = body("count to 3", -1).put("stream", false);
        Collected collected = new Collected();
        assertInstanceOf(Answer.Complete.class, engine.answer(request(body), collected));
        assertEquals("1 2 3", collected.document().at("/choices/0/message/content").asText());
        assertEquals(6, collected.document().at("/usage/total_tokens").asInt());
    }

    @Test
    void answer_toldToFail_fails() throws InterruptedException {
        assertEquals("engine_error", failed("mock: fail", new Collected()).code());
        assertFalse(failed("mock: refuse", new Collected()).retryable());
        Collected collected = new Collected();
        assertEquals("engine_broken", failed("mock: break after 2", collected).code());
        assertEquals("1 2", collected.content());
        assertEquals("none", collected.finishReason());
    }

    @Test
    void answer_forAnUnknownModel_isModelNotFound() throws InterruptedException {
        ObjectNode body = body("hi", -1).put("model", "nope");
        var failed =
                assertInstanceOf(
                        Answer.Failed.class, engine.answer(request(body), new Collected()));
        assertEquals("model_not_found", failed.code());
    }

    private Answer.Complete complete(EngineRequest request, Collected collected)
            throws InterruptedException {
        return assertInstanceOf(Answer.Complete.class, engine.answer(request, collected));
    }

    private Answer.Failed failed(String message, Collected collected) throws InterruptedException {
        return assertInstanceOf(Answer.Failed.class, engine.answer(chat(message, -1), collected));
    }

    private static EngineRequest chat(String message, int maxTokens) {
        return request(body(message, maxTokens));
    }

    private static ObjectNode body(String message, int maxTokens) {
        ObjectNode body = Json.object().put("model", "qwen2.5:0.5b");
        body.putArray("messages").addObject().put("role", "user").put("content", message);
        return maxTokens < 0 ? body : body.put("max_tokens", maxTokens);
    }

    private static EngineRequest request(ObjectNode body) {
        return EngineRequest.read(Json.write(body).getBytes(StandardCharsets.UTF_8)).orElseThrow();
    }
}
