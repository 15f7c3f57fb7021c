package me.owlrun.gateway.outbound;

import java.util.Optional;

/// Hears of an answer while it comes; called by the thread that asked.
public interface AnswerTaker {

    /// The server took the connection and all of the request.
    void sent();

    /// What the answer begins with.
    ///
    /// @param status its HTTP status; a redirect is not followed
    /// @param retryAfter the header of that name
    /// @return whether the body is wanted
    boolean begins(int status, Optional<String> retryAfter);

    /// The next piece of the body, not to be changed; while this waits, the server waits.
    ///
    /// @return whether more is wanted
    boolean piece(byte[] bytes);
}
