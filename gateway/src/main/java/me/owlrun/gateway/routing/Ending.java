package me.owlrun.gateway.routing;

import java.time.Duration;

/// How a job ended, as far as its node is concerned.
///
/// @param kind whose doing it was
/// @param tokens of the answer
/// @param writing from its first token to its last; zero when that says nothing about the node
public record Ending(Kind kind, long tokens, Duration writing) {

    /// Whose doing it was.
    public enum Kind {
        /// The job was done.
        SUCCESS,
        /// The node is to blame.
        FAILURE,
        /// The buyer is, or nobody.
        NEUTRAL,
        /// The node said that it does not want the job.
        REFUSED,
        /// A job of the house was done.
        PROBE_PASSED,
        /// The node is to blame that a job of the house was not.
        PROBE_FAILED,
        /// It never came to the node.
        NEVER_OFFERED
    }

    /// An ending that tells nothing of speed.
    public static Ending of(Kind kind) {
        return new Ending(kind, 0, Duration.ZERO);
    }
}
