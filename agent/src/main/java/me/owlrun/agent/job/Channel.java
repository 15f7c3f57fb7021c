package me.owlrun.agent.job;

import me.owlrun.agent.wire.Outbound;

/// The way back to the gateway for the messages of a job: the socket its offer came from.
public interface Channel {
    /// Puts a message in the outbox; waits for room, within a limit, if it is full.
    ///
    /// @return whether it was put there; false means the channel is gone and the job is void
    boolean send(Outbound message) throws InterruptedException;
}
