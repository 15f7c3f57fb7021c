package me.owlrun.agent.engine;

import static me.owlrun.agent.engine.ScriptedServer.chunk;
import static me.owlrun.agent.engine.ScriptedServer.document;
import static me.owlrun.agent.engine.ScriptedServer.octets;
import static me.owlrun.agent.engine.ScriptedServer.streamHead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import me.owlrun.agent.engine.Engine.Answer;
import me.owlrun.agent.engine.Engine.ModelList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// Engines over HTTP that behave, misbehave, hang and die.
final class HttpEnginesTest {
    /// For engines that answer, on a machine that may be slow.
    private static final EngineLimits PATIENT = EngineLimits.STANDARD;

    /// For engines that fall silent.
    private static final EngineLimits SHORT =
            new EngineLimits(
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(2),
                    Duration.ofMillis(400),
                    Duration.ofMillis(400),
                    Duration.ofMillis(400));

    private static final String ROLE =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
                    + "\"content\":\"\"}}]}"
                    + "\n\n";
    private static final String OWL =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"🦉\"}}]}\n\n";
    private static final String STOP =
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private static final String USAGE =
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1}}\n\n";
    private static final String DONE = "data: [DONE]\n\n";
    private static final String WHOLE = ROLE + OWL + STOP + USAGE + DONE;

    @Test
    void ollamaModels_withCloudEntries_listsOnlyLocalOnes() throws Exception {
        String tags =
                """
                {"models":[
                  {"name":"qwen2.5:0.5b","details":{"context_length":32768}},
                  {"name":"llama3.2:3b"},
                  {"name":"far:70b","remote_host":"https://example.com","remote_model":"far"},
                  {"name":"gpt-oss:120b-cloud"}]}
                """;
        try (ScriptedServer server = always(document(200, tags));
                Engine engine = Engines.ollama(server.address(), PATIENT)) {
            var served = assertInstanceOf(ModelList.Served.class, engine.models());
            assertEquals(
                    List.of(
                            new Engine.ServedModel("qwen2.5:0.5b", OptionalInt.of(32768)),
                            new Engine.ServedModel("llama3.2:3b", OptionalInt.empty())),
                    served.models());
            assertTrue(server.request().startsWith("GET /api/tags HTTP/1.1"));
        }
    }

    @Test
    void openAiModels_ofSeveralServers_readTheirContext() throws Exception {
        String list =
                "{\"data\":[{\"id\":\"a\",\"max_model_len\":4096},{\"id\":\"b\","
                        + "\"meta\":{\"n_ctx\":2048}},{\"id\":\"c\"},{}]}";
        try (ScriptedServer server = always(document(200, list));
                Engine engine = Engines.openAi(server.address().resolve("/v1"), PATIENT)) {
            var served = assertInstanceOf(ModelList.Served.class, engine.models());
            assertEquals(
                    List.of(OptionalInt.of(4096), OptionalInt.of(2048), OptionalInt.empty()),
                    served.models().stream().map(Engine.ServedModel::contextTokens).toList());
        }
    }

    @ParameterizedTest
    @CsvSource({"200,[]", "200,no json", "500,{}", "404,{}"})
    void models_ofABrokenServer_areUnreachable(int status, String body) throws Exception {
        try (ScriptedServer server = always(document(status, body));
                Engine engine = Engines.openAi(server.address(), PATIENT)) {
            assertInstanceOf(ModelList.Unreachable.class, engine.models());
        }
    }

    @Test
    void models_whereNothingListens_saysSo() throws Exception {
        URI nowhere;
        try (ScriptedServer server = always(new byte[0])) {
            nowhere = server.address();
        }
        try (Engine engine = Engines.ollama(nowhere, PATIENT)) {
            var unreachable = assertInstanceOf(ModelList.Unreachable.class, engine.models());
            assertEquals("Ollama does not answer: nothing listens there", unreachable.why());
            var failed =
                    assertInstanceOf(Answer.Failed.class, engine.answer(chat(), new Collected()));
            assertEquals("engine_unreachable", failed.code());
            assertTrue(failed.retryable());
        }
    }

    @Test
    void answer_cutAtEveryOctet_isHandedOnAsWholeEvents() throws Exception {
        byte[] stream = octets(WHOLE);
        for (int cut = 1; cut < stream.length; cut += 7) {
            byte[] first = Arrays.copyOfRange(stream, 0, cut);
            byte[] second = Arrays.copyOfRange(stream, cut, stream.length);
            Collected collected = new Collected();
            var complete =
                    assertInstanceOf(
                            Answer.Complete.class,
                            run(collected, streamHead(), chunk(first), chunk(second), END));
            assertEquals(WHOLE, collected.text());
            assertEquals(5, collected.pieces().size());
            assertEquals(
                    new AnswerTally(1, OptionalLong.of(7), OptionalLong.of(1)), complete.tally());
        }
    }

    @Test
    void answer_request_asksForUsageAndKeepsTheRest() throws Exception {
        try (ScriptedServer server =
                        ScriptedServer.start((_, out, _) ->
                                write(out, streamHead(), chunk(octets(WHOLE)), END));
                Engine engine = Engines.openAi(server.address(), PATIENT)) {
            EngineRequest request =
                    request(
                            "{\"model\":\"m\",\"messages\":[],\"temperature\":0.10,"
                                    + "\"max_completion_tokens\":9,\"unknown\":[1]}");
            assertInstanceOf(Answer.Complete.class, engine.answer(request, new Collected()));
            String sent = server.request();
            assertTrue(sent.startsWith("POST /v1/chat/completions HTTP/1.1"), sent);
            assertTrue(
                    sent.endsWith(
                            "{\"model\":\"m\",\"messages\":[],\"temperature\":0.10,"
                                    + "\"max_completion_tokens\":9,\"unknown\":[1],\"stream\":true,"
                                    + "\"stream_options\":{\"include_usage\":true},"
                                    + "\"max_tokens\":9}"),
                    sent);
        }
    }

    @Test
    void answer_ofABodyThatNeedsNoChange_isPassedOnOctetByOctet() throws Exception {
        String body = "{ \"model\":\"m\",  \"input\": [\"ü\"] }";
        try (ScriptedServer server = always(document(200, "{\"data\":[]}"));
                Engine engine = Engines.openAi(server.address(), PATIENT)) {
            Collected collected = new Collected();
            assertInstanceOf(Answer.Complete.class, engine.answer(request(body), collected));
            assertEquals("{\"data\":[]}", collected.text());
            String sent = server.request();
            assertTrue(sent.startsWith("POST /v1/embeddings"), sent);
            assertTrue(sent.endsWith(body), sent);
        }
    }

    @Test
    void answer_endingWithoutFinishOrDone_isBroken() throws Exception {
        for (String cutOff : List.of(ROLE + OWL, ROLE + OWL + STOP + USAGE, ROLE + DONE, "")) {
            var failed =
                    assertInstanceOf(
                            Answer.Failed.class,
                            run(new Collected(), streamHead(), chunkOrNothing(cutOff), END));
            assertEquals("engine_broken", failed.code(), cutOff);
            assertTrue(failed.retryable());
        }
    }

    @Test
    void answer_ofAnEngineThatDiesMidStream_isBrokenAfterWhatCame() throws Exception {
        Collected collected = new Collected();
        var failed =
                assertInstanceOf(
                        Answer.Failed.class,
                        run(collected, streamHead(), chunk(octets(ROLE + OWL + "data: {\"cho"))));
        assertEquals("engine_broken", failed.code());
        assertEquals(ROLE + OWL, collected.text());
    }

    @Test
    void answer_withAnErrorEvent_isBroken() throws Exception {
        String error = "data: {\"error\":{\"message\":\"out of memory\"}}\n\n";
        assertInstanceOf(
                Answer.Failed.class,
                run(new Collected(), streamHead(), chunk(octets(ROLE + error + STOP + DONE)), END));
    }

    @ParameterizedTest
    @CsvSource({
        "400,bad_request,false",
        "413,bad_request,false",
        "404,model_not_found,true",
        "429,engine_busy,true",
        "503,engine_busy,true",
        "500,engine_error,true",
        "302,engine_error,true",
    })
    void answer_refusedByStatus_mapsToACode(int status, String code, boolean retryable)
            throws Exception {
        String body = "{\"error\":{\"message\":\"because\",\"type\":\"x\"}}";
        assertEquals(
                new Answer.Failed(code, "because", retryable),
                run(new Collected(), document(status, body)));
        var silent =
                assertInstanceOf(
                        Answer.Failed.class, run(new Collected(), document(status, "<html>")));
        assertEquals("the engine answered with status " + status, silent.message());
    }

    @Test
    void answer_ofAnEngineThatHangs_timesOut() throws Exception {
        for (String before : List.of("", ROLE + OWL)) {
            try (ScriptedServer server =
                            ScriptedServer.start((_, out, self) -> {
                                write(out, streamHead(), chunkOrNothing(before));
                                boolean _ = self.awaitClientGone();
                            });
                    Engine engine = Engines.openAi(server.address(), SHORT)) {
                var failed =
                        assertInstanceOf(
                                Answer.Failed.class, engine.answer(chat(), new Collected()));
                assertEquals("engine_timeout", failed.code());
                assertTrue(server.awaitClientGone(), "the connection must be dropped");
            }
        }
    }

    @Test
    void answer_interrupted_dropsTheConnectionAtOnce() throws Exception {
        BlockingQueue<List<byte[]>> begun = new ArrayBlockingQueue<>(9);
        try (ScriptedServer server =
                        ScriptedServer.start((_, out, self) -> {
                            write(out, streamHead(), chunk(octets(ROLE)));
                            boolean _ = self.awaitClientGone();
                        });
                Engine engine = Engines.openAi(server.address(), PATIENT)) {
            Thread job =
                    Thread.ofVirtual()
                            .start(() ->
                                    assertThrows(
                                            InterruptedException.class,
                                            () -> engine.answer(chat(), begun::add)));
            assertEquals(1, begun.poll(30, TimeUnit.SECONDS).size());
            job.interrupt();
            assertTrue(server.awaitClientGone());
            assertTrue(job.join(Duration.ofSeconds(30)));
        }
    }

    @Test
    void answer_nobodyTakes_isUnwantedAndDropsTheConnection() throws Exception {
        try (ScriptedServer server =
                        ScriptedServer.start((_, out, self) -> {
                            write(out, streamHead(), chunk(octets(ROLE)));
                            boolean _ = self.awaitClientGone();
                        });
                Engine engine = Engines.openAi(server.address(), EngineLimits.STANDARD)) {
            Engine.Sink closed =
                    _ -> {
                        throw new IOException("gone");
                    };
            assertInstanceOf(Answer.Unwanted.class, engine.answer(chat(), closed));
            assertTrue(server.awaitClientGone());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no json",
                "[]",
                "{}",
                "{\"model\":\"m\"}",
                "{\"messages\":[]}",
                "{\"model\":\"m\",\"model\":\"n\",\"messages\":[]}"
            })
    void engineRequest_ofUnknownShape_isEmpty(String body) {
        assertTrue(EngineRequest.read(octets(body)).isEmpty());
    }

    private static final byte[] END = chunk(new byte[0]);

    private static Answer run(Engine.Sink sink, byte[]... pieces) throws Exception {
        try (ScriptedServer server = ScriptedServer.start((_, out, _) -> write(out, pieces));
                Engine engine = Engines.openAi(server.address(), PATIENT)) {
            return engine.answer(chat(), sink);
        }
    }

    private static ScriptedServer always(byte[] answer) throws IOException {
        return ScriptedServer.start((_, out, _) -> out.write(answer));
    }

    private static byte[] chunkOrNothing(String text) {
        return text.isEmpty() ? new byte[0] : chunk(octets(text));
    }

    private static void write(OutputStream out, byte[]... pieces) throws IOException {
        for (byte[] piece : pieces) {
            out.write(piece);
            out.flush();
        }
    }

    private static EngineRequest chat() {
        return request("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    }

    private static EngineRequest request(String body) {
        return EngineRequest.read(octets(body)).orElseThrow();
    }
}
