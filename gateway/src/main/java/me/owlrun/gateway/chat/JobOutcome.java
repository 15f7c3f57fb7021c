package me.owlrun.gateway.chat;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.meter.AnswerMeter;

/// How the work on a request ended.
sealed interface JobOutcome {

    /// A node answered it.
    ///
    /// @param job what it served
    /// @param meter what passed
    /// @param finishReason why the answer ends
    /// @param cut whether we ended it because the budget was spent, and the node goes on
    record Answered(Job job, AnswerMeter meter, String finishReason, boolean cut)
            implements JobOutcome {}

    /// The buyer went away while a node was at it.
    record BuyerGone(Job job, AnswerMeter meter) implements JobOutcome {}

    /// No node answered it.
    ///
    /// @param error what the buyer is told
    /// @param retryable whether another node could do better
    record Failed(ApiError error, boolean retryable) implements JobOutcome {}
}
