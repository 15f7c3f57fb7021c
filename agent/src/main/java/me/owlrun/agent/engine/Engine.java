package me.owlrun.agent.engine;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/// What turns a prompt into an answer. Safe for use by many threads.
public interface Engine extends AutoCloseable {
    /// The kind of engine: `ollama`, `openai` or `mock`.
    String kind();

    /// Asks the engine what it can serve now; also the health check. Blocks for seconds at most.
    ModelList models() throws InterruptedException;

    /// Runs one request to its end, handing every piece of the answer to the sink as it is made.
    /// Blocks for as long as the answer takes. Interrupting the thread stops the engine's work at
    /// once and ends in `InterruptedException`.
    Answer answer(EngineRequest request, Sink sink) throws InterruptedException;

    /// Drops its connections; answers that run end as failures.
    @Override
    void close();

    /// What an engine says it can serve.
    sealed interface ModelList {
        /// The engine answers.
        ///
        /// @param models what it serves, possibly nothing
        record Served(List<ServedModel> models) implements ModelList {}

        /// The engine does not answer as it should.
        ///
        /// @param why one sentence, without secrets
        record Unreachable(String why) implements ModelList {}
    }

    /// A model and what the engine says about it.
    ///
    /// @param id its tag
    /// @param contextTokens how long prompt and answer may be together, if the engine says so
    record ServedModel(String id, OptionalInt contextTokens) {}

    /// How an answer ended.
    sealed interface Answer {
        /// It is complete.
        ///
        /// @param tally what was counted while it passed
        record Complete(AnswerTally tally) implements Answer {}

        /// The engine failed, perhaps after some pieces were handed over.
        ///
        /// @param code stable short name, such as `engine_unreachable`
        /// @param message one sentence for the gateway
        /// @param retryable whether another node could succeed
        record Failed(String code, String message, boolean retryable) implements Answer {}

        /// Nobody takes the answer any more: the sink refused a piece.
        ///
        /// @param why what the sink said
        record Unwanted(String why) implements Answer {}
    }

    /// Who takes an answer. Called by one thread, in order.
    interface Sink {
        /// Takes the next pieces: whole events of a stream, or parts of one JSON document.
        ///
        /// @param pieces octets in order; never to be changed
        /// @throws IOException if nobody takes the answer any more
        void take(List<byte[]> pieces) throws IOException, InterruptedException;
    }
}
