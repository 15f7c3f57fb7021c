package me.owlrun.agent.problem;

import java.io.Serial;

/// A promise that did not hold in the agent; the message says what, which, and what to do now.
public final class AgentException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    /// A broken promise without a cause of its own.
    ///
    /// @param message what happened and what to do, in one sentence, without secrets
    public AgentException(String message) {
        super(message);
    }

    /// A broken promise caused by another failure.
    ///
    /// @param message what happened and what to do, in one sentence, without secrets
    /// @param cause what broke it
    public AgentException(String message, Throwable cause) {
        super(message, cause);
    }
}
