package me.owlrun.agent.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// The engine of `--mock`: no model, a fixed answer, in the real shape of an OpenAI stream.
///
/// - **Models**: `qwen2.5:0.5b`, `llama3.2:3b`, `qwen3:8b`; another model is `model_not_found`.
/// - **Answer**: `Hoo! This is the Owlrun mock engine. 🦉 You said: ` and the last user message,
///   its runs of white space made single blanks. If that message is `count to N` (N up to 9999) the
///   answer is the numbers `1 2 … N` instead, so a test can ask for any length.
/// - **Tokens**: a token is a word, that is a run without white space, together with the blank
///   before it. `completion_tokens` is the number of words sent; `prompt_tokens` the number of
///   words in all messages, at least 1. `max_tokens` cuts after that many words with
///   `finish_reason: length`, else it is `stop`.
/// - **Stream**: a role chunk, one chunk per token, a finish chunk, a usage chunk if asked for,
///   then `[DONE]`. Without `stream` it is one document. `/v1/completions` is answered likewise;
///   `/v1/embeddings` is `bad_request`.
/// - **Failures on demand**, if the last user message is: `mock: fail` fails before the first piece
///   (`engine_error`, retryable); `mock: refuse` likewise as `bad_request`, not retryable; `mock:
///   break after N` sends the role chunk and N numbers, then breaks off without an end
///   (`engine_broken`).
final class MockEngine implements Engine {
    private static final int CONTEXT_TOKENS = 32_768;
    private static final List<String> MODELS = List.of("qwen2.5:0.5b", "llama3.2:3b", "qwen3:8b");

    private final InstantSource clock;
    private final Duration perToken;
    private final AtomicLong answers = new AtomicLong();
    private final Semaphore never = new Semaphore(0);

    MockEngine(InstantSource clock, Duration perToken) {
        this.clock = clock;
        this.perToken = perToken;
    }

    @Override
    public String kind() {
        return "mock";
    }

    @Override
    public ModelList models() {
        Stream<ServedModel> models =
                MODELS.stream().map(id -> new ServedModel(id, OptionalInt.of(CONTEXT_TOKENS)));
        return new ModelList.Served(models.toList());
    }

    @Override
    public Answer answer(EngineRequest request, Sink sink) throws InterruptedException {
        if (!MODELS.contains(request.model())) {
            return new Answer.Failed("model_not_found", "the mock has no such model", true);
        }
        return switch (MockScript.read(request)) {
            case MockScript.Fail(String code, boolean retryable) ->
                    new Answer.Failed(code, "the mock was told to fail", retryable);
            case MockScript.Speak speak -> speak(request, speak, sink);
        };
    }

    @Override
    public void close() {
        never.release(Short.MAX_VALUE);
    }

    private Answer speak(EngineRequest request, MockScript.Speak speak, Sink sink)
            throws InterruptedException {
        MockChunks chunks =
                new MockChunks(
                        request, answers.incrementAndGet(), clock.instant().getEpochSecond());
        try {
            if (request.streamed()) {
                return stream(speak, chunks, sink);
            }
            sink.take(List.of(octets(chunks.document(speak))));
            return complete(speak, 1);
        } catch (IOException unwanted) {
            return new Answer.Unwanted("the gateway takes no more");
        }
    }

    private Answer stream(MockScript.Speak speak, MockChunks chunks, Sink sink)
            throws IOException, InterruptedException {
        sink.take(List.of(octets(chunks.role())));
        for (String word : speak.words()) {
            waitForToken();
            sink.take(List.of(octets(chunks.content(word))));
        }
        if (speak.breaksOff()) {
            return Failures.broken("the mock was told to break off");
        }
        sink.take(chunks.end(speak).stream().map(MockEngine::octets).toList());
        return complete(speak, speak.words().size());
    }

    private static Answer complete(MockScript.Speak speak, long frames) {
        return new Answer.Complete(
                new AnswerTally(
                        frames,
                        OptionalLong.of(speak.promptTokens()),
                        OptionalLong.of(speak.words().size())));
    }

    /// Waits where an interrupt or the engine's end is felt at once.
    private void waitForToken() throws InterruptedException {
        if (never.tryAcquire(perToken.toNanos(), TimeUnit.NANOSECONDS)) {
            never.release();
        }
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
