package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.job.Attempt;
import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.Lane;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.job.Task;
import me.owlrun.gateway.job.Want;
import me.owlrun.gateway.market.Model;
import me.owlrun.gateway.meter.AnswerMeter;
import me.owlrun.gateway.meter.PromptBound;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.pay.PaySteps;
import me.owlrun.gateway.pay.Receipt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Has one node do a job that the gateway asks for itself. The request is made and the answer read
/// by the same code as a buyer's, so that the node sees no difference; nothing is paid here.
public final class HouseRun {

    private static final int TEXT_CHARS_MAX = 16_384;

    private final NodePool pool;
    private final JobBoard board;
    private final ChatLimits limits;

    /// @param limits as for buyers; only one node is tried
    public HouseRun(NodePool pool, JobBoard board, ChatLimits limits) {
        this.pool = pool;
        this.board = board;
        this.limits =
                new ChatLimits(
                        limits.acceptMax(),
                        limits.firstByteMax(),
                        limits.silenceMax(),
                        limits.jobMax(),
                        1,
                        limits.writeMax(),
                        limits.costMin());
    }

    /// A request of the house, checked like a buyer's.
    public static final class Request {

        private final ChatRequest request;
        private final Model model;
        private final long tokensMax;

        /// @param body as a buyer would send it, with `max_tokens`
        /// @param model the model that it names
        public Request(ObjectNode body, Model model) {
            this.request = ChatRequest.read(body);
            this.model = model;
            this.tokensMax = request.maxTokens().orElseThrow();
        }

        /// What a node is sought for.
        public Want want() {
            return new Want(model.id(), Task.CHAT, Lane.PROBE, Optional.empty());
        }

        /// The most that it can use.
        public Usage usageMax() {
            return new Usage(bound().tokensMax(), tokensMax);
        }

        private PromptBound bound() {
            return request.promptBound();
        }
    }

    /// What came of it.
    ///
    /// @param attempt for those who listen
    /// @param answered the job, when the node answered
    /// @param content what it says, without its thinking
    /// @param usage tokens as they are billed
    /// @param reported tokens of the answer as the node counts
    /// @param overReported whether its count is more than twice what the answer can have
    /// @param finishReason why the answer ends; empty without one
    public record Outcome(
            Attempt attempt,
            Optional<Job> answered,
            String content,
            Usage usage,
            OptionalLong reported,
            boolean overReported,
            String finishReason) {}

    /// Runs until the node has answered or failed.
    ///
    /// @param slot the place on the node; closed here
    public Outcome run(NodePool.Slot slot, Request request) throws InterruptedException {
        Listening reply = new Listening();
        List<Attempt> ended = new ArrayList<>();
        AnswerMeter meter = new AnswerMeter(request.bound(), request.tokensMax);
        JobRun run =
                new JobRun(
                        pool,
                        board,
                        limits,
                        request.want(),
                        request.request.forNode(request.tokensMax, request.model.contextLength()),
                        () -> meter,
                        request.request::reader,
                        reply,
                        PaySteps.UNWATCHED,
                        ended::add);
        JobOutcome outcome = run.run(slot);
        boolean answered = outcome instanceof JobOutcome.Answered;
        return new Outcome(
                ended.getFirst(),
                outcome instanceof JobOutcome.Answered fine
                        ? Optional.of(fine.job())
                        : Optional.empty(),
                reply.text.toString(),
                meter.usage(),
                meter.reportedCompletion(),
                answered && meter.isOverReported(),
                outcome instanceof JobOutcome.Answered fine ? fine.finishReason() : "");
    }

    /// Hears the answer.
    private static final class Listening implements Reply {

        private final StringBuilder text = new StringBuilder();

        @Override
        public void accepted() {}

        @Override
        public void tick() {}

        @Override
        public void piece(NodeFrame.Piece piece) {
            String more = piece.delta().path("content").asText("");
            text.append(more, 0, Math.min(more.length(), TEXT_CHARS_MAX - text.length()));
        }

        @Override
        public boolean canRestart() {
            return false;
        }

        @Override
        public void restart() {}

        @Override
        public void answered(String finishReason) {}

        @Override
        public void settled(Receipt receipt) {}

        @Override
        public void failed(ApiError error, Receipt refund) {}

        @Override
        public void close() {}
    }
}
