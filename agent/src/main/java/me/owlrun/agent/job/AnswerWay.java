package me.owlrun.agent.job;

import me.owlrun.agent.engine.Engine;
import me.owlrun.agent.wire.Outbound;

import java.io.IOException;
import java.util.List;

/// How an answer travels to the gateway; the seed documents two ways. Used by one job, once.
sealed interface AnswerWay extends Engine.Sink permits SocketAnswer, PostAnswer {
    /// The answer is complete: hand over what is left and say so.
    ///
    /// @throws IOException if the gateway did not take it
    void finish() throws IOException, InterruptedException;

    /// The answer failed: say why, and leave no doubt that it is not whole.
    void fail(Outbound.ProxyError error) throws InterruptedException;

    /// Nobody wants it: leave without a word.
    void abandon() throws InterruptedException;

    @Override
    void take(List<byte[]> pieces) throws IOException, InterruptedException;
}
