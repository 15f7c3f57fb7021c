package me.owlrun.gateway.job;

import java.time.Duration;

/// What came of a job that one node was offered.
///
/// @param node who had it
/// @param want what it was
/// @param jobId the job
/// @param ending whose work it was
/// @param tokens of the answer that passed, as they are billed
/// @param untilFirst from the offer to the first piece of the answer; zero when there was none
/// @param writing from the first piece to the last, as the node sent them; zero when the buyer read
///   too slowly to tell
public record Attempt(
        NodeIdentity node,
        Want want,
        String jobId,
        Ending ending,
        long tokens,
        Duration untilFirst,
        Duration writing) {

    /// How it ended, as far as the node is concerned.
    public enum Ending {
        /// It answered.
        ANSWERED,
        /// It said nothing about the job in time, or was gone.
        NOT_TAKEN,
        /// It said that it does not take the job.
        REFUSED,
        /// It took the job and failed.
        FAILED,
        /// It took the job and did not go on in time.
        SILENT,
        /// Not the node's doing: the buyer left, or asked for what no engine does.
        NEUTRAL
    }

    /// Hears what came of jobs, on the thread that ran them, after the place was given back.
    @FunctionalInterface
    public interface Listener {

        /// Goes on.
        Listener NONE = attempt -> {};

        /// An attempt is over.
        void ended(Attempt attempt);
    }
}
