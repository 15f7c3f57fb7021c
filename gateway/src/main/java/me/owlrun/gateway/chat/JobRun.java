package me.owlrun.gateway.chat;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.http.RequestScope;
import me.owlrun.gateway.job.Attempt;
import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.JobEvent;
import me.owlrun.gateway.job.NodeLink;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.job.Want;
import me.owlrun.gateway.meter.AnswerMeter;
import me.owlrun.gateway.pay.PayStep;
import me.owlrun.gateway.pay.PaySteps;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Gets one request answered: offers it to a node, relays what the node says, and turns to the next
/// node when one fails before the buyer has seen anything. Runs on the buyer's thread.
final class JobRun {

    private static final Duration TICK = Duration.ofMillis(250);

    /// How long the node's count may follow the end of its answer; the buyer waits for its change.
    private static final Duration AFTER_FINISH_MAX = Duration.ofSeconds(2);

    private final NodePool pool;
    private final JobBoard board;
    private final ChatLimits limits;
    private final Want want;
    private final byte[] request;
    private final Supplier<AnswerMeter> meters;
    private final Supplier<FrameReader> readers;
    private final Reply reply;
    private final PaySteps steps;
    private final Attempt.Listener attempts;
    private final long endNanos;

    /// @param want what a node has to do
    /// @param request the request for a node's engine
    /// @param meters makes a fresh meter for each node
    /// @param readers makes a fresh reader for each node
    /// @param attempts hears what each node made of it
    JobRun(
            NodePool pool,
            JobBoard board,
            ChatLimits limits,
            Want want,
            byte[] request,
            Supplier<AnswerMeter> meters,
            Supplier<FrameReader> readers,
            Reply reply,
            PaySteps steps,
            Attempt.Listener attempts) {
        this.pool = pool;
        this.board = board;
        this.limits = limits;
        this.want = want;
        this.request = request;
        this.meters = meters;
        this.readers = readers;
        this.reply = reply;
        this.steps = steps;
        this.attempts = attempts;
        this.endNanos = System.nanoTime() + limits.jobMax().toNanos();
    }

    /// Runs until the answer is there, the buyer is gone, or no node is left to try.
    ///
    /// @param reserved the place on the first node; closed here
    JobOutcome run(NodePool.Slot reserved) throws InterruptedException {
        Set<NodeLink> tried = new HashSet<>();
        NodePool.Slot slot = reserved;
        for (int attempt = 1; ; attempt++) {
            tried.add(slot.node());
            Tried once;
            try (NodePool.Slot held = slot) {
                once = attempt(held);
                held.ended(once.report());
            }
            attempts.ended(once.report());
            JobOutcome outcome = once.outcome();
            if (!(outcome instanceof JobOutcome.Failed failed)
                    || !failed.retryable()
                    || attempt >= limits.nodesMax()
                    || !reply.canRestart()) {
                return outcome;
            }
            Optional<NodePool.Slot> next = pool.reserve(want, tried);
            if (next.isEmpty()) {
                return outcome;
            }
            reply.restart();
            slot = next.get();
        }
    }

    /// What came of one node's try.
    private record Tried(JobOutcome outcome, Attempt report) {}

    private Tried attempt(NodePool.Slot slot) throws InterruptedException {
        NodeLink node = slot.node();
        Job job = board.open(node, want, request);
        slot.carries(job);
        Relaying relaying = new Relaying(job, meters.get());
        boolean over = false;
        try {
            RequestScope.offered(job.id());
            slot.offered(job.id());
            boolean offered = node.offer(job);
            steps.reached(PayStep.JOB_OFFERED);
            JobOutcome outcome = offered ? relaying.relay() : failed(notTaken());
            RequestScope.ended(outcome instanceof JobOutcome.Answered ? "answered" : "failed");
            over = outcome instanceof JobOutcome.Answered answered && !answered.cut();
            return new Tried(outcome, relaying.report(outcome));
        } catch (BuyerGoneException e) {
            RequestScope.ended("buyer_gone");
            JobOutcome outcome = new JobOutcome.BuyerGone(job, relaying.meter);
            return new Tried(outcome, relaying.report(outcome));
        } finally {
            board.close(job);
            if (!over) {
                node.cancel(job.id());
            }
        }
    }

    private static JobOutcome failed(ApiError error) {
        return new JobOutcome.Failed(error, true);
    }

    private static ApiError notTaken() {
        return ApiError.of(
                ErrorCode.NO_NODES, "No node took the request; your payment is returned.");
    }

    private static ApiError nodeError() {
        return ApiError.of(
                ErrorCode.NODE_ERROR, "The node failed at the request; your payment is returned.");
    }

    private static ApiError evicted() {
        return ApiError.of(
                ErrorCode.NO_NODES,
                "A buyer who pays needed the node; pay with X-Cashu, or try again in a moment.");
    }

    private static JobOutcome refused() {
        return new JobOutcome.Failed(
                ApiError.of(
                        ErrorCode.REQUEST_REFUSED,
                        "The node's engine refuses this request; your payment is returned."),
                false);
    }

    private static ApiError nodeTimeout() {
        return ApiError.of(
                ErrorCode.NODE_TIMEOUT,
                "The node did not answer in time; your payment is returned.");
    }

    /// The relay of one node's answer.
    private final class Relaying {

        private static final String BUDGET_SPENT = "length";

        private final Job job;
        private final AnswerMeter meter;
        private final FrameReader reader = readers.get();
        private Optional<String> finishReason = Optional.empty();
        private boolean accepted;
        private boolean counted;
        private boolean silent;
        private boolean refused;
        private boolean evicted;
        private final long offeredNanos = System.nanoTime();
        private long firstNanos;
        private long deadlineNanos = offeredNanos + limits.acceptMax().toNanos();

        private Relaying(Job job, AnswerMeter meter) {
            this.job = job;
            this.meter = meter;
        }

        private JobOutcome relay() throws InterruptedException {
            while (true) {
                Optional<JobEvent> event = job.next(untilNextLook());
                Optional<JobOutcome> end = event.isPresent() ? on(event.get()) : onSilence();
                if (end.isPresent()) {
                    return end.get();
                }
            }
        }

        private Attempt report(JobOutcome outcome) {
            boolean wrote = meter.hasContent();
            return new Attempt(
                    job.node().identity(),
                    want,
                    job.id(),
                    ending(outcome),
                    meter.usage().completionTokens(),
                    wrote ? Duration.ofNanos(firstNanos - offeredNanos) : Duration.ZERO,
                    wrote ? writing() : Duration.ZERO);
        }

        /// As the node sent it: the buyer may read slowly, and the node is not to blame.
        private Duration writing() {
            long last = job.lastPieceNanos().orElse(firstNanos);
            return Duration.ofNanos(Math.max(0, last - firstNanos));
        }

        private Attempt.Ending ending(JobOutcome outcome) {
            return switch (outcome) {
                case JobOutcome.Answered _ -> Attempt.Ending.ANSWERED;
                case JobOutcome.BuyerGone _ -> Attempt.Ending.NEUTRAL;
                case JobOutcome.Failed(ApiError _, boolean retryable) -> {
                    if (!retryable || evicted) {
                        yield Attempt.Ending.NEUTRAL;
                    }
                    if (!accepted) {
                        yield refused ? Attempt.Ending.REFUSED : Attempt.Ending.NOT_TAKEN;
                    }
                    yield silent ? Attempt.Ending.SILENT : Attempt.Ending.FAILED;
                }
            };
        }

        private Duration untilNextLook() {
            long left = Math.min(deadlineNanos, endNanos) - System.nanoTime();
            return Duration.ofNanos(Math.clamp(left, 0, TICK.toNanos()));
        }

        private Optional<JobOutcome> onSilence() {
            long now = System.nanoTime();
            if (now < deadlineNanos && now < endNanos) {
                reply.tick();
                return Optional.empty();
            }
            silent = true;
            return Optional.of(lost(accepted ? nodeTimeout() : notTaken()));
        }

        /// The node is of no more use; an answer that had its end is an answer all the same.
        private JobOutcome lost(ApiError error) {
            return finishReason.isPresent()
                    ? new JobOutcome.Answered(job, meter, finishReason.get(), true)
                    : failed(error);
        }

        private Optional<JobOutcome> on(JobEvent event) {
            return switch (event) {
                case JobEvent.Accepted() -> {
                    accept();
                    yield Optional.empty();
                }
                case JobEvent.Rejected _ -> {
                    refused = true;
                    yield Optional.of(lost(accepted ? nodeError() : notTaken()));
                }
                case JobEvent.Bytes bytes -> {
                    accept();
                    yield onBytes(bytes.data());
                }
                case JobEvent.Done() -> {
                    Optional<JobOutcome> end = onFrames(reader.end());
                    yield end.isPresent()
                            ? end
                            : Optional.of(brokeOff() ? failed(nodeError()) : end());
                }
                case JobEvent.Stalled() -> Optional.of(stalled());
                case JobEvent.Evicted() -> {
                    evicted = true;
                    yield Optional.of(lost(evicted()));
                }
                case JobEvent.Failed(String _, boolean retryable) ->
                        Optional.of(
                                retryable || meter.hasContent() ? lost(nodeError()) : refused());
            };
        }

        private void accept() {
            if (!accepted) {
                accepted = true;
                deadlineNanos = System.nanoTime() + limits.firstByteMax().toNanos();
                reply.accepted();
            }
        }

        private Optional<JobOutcome> onBytes(byte[] bytes) {
            RequestScope.heard();
            try {
                return onFrames(reader.feed(bytes));
            } catch (SseParser.EventTooLargeException e) {
                return Optional.of(lost(nodeError()));
            }
        }

        private Optional<JobOutcome> onFrames(List<NodeFrame> frames) {
            for (NodeFrame frame : frames) {
                Optional<JobOutcome> end =
                        switch (frame) {
                            case NodeFrame.Piece piece -> onPiece(piece);
                            case NodeFrame.End() -> Optional.of(end());
                            case NodeFrame.EngineError() -> Optional.of(lost(nodeError()));
                            case NodeFrame.Nothing() -> Optional.empty();
                        };
                if (end.isPresent()) {
                    return end;
                }
            }
            return Optional.empty();
        }

        /// Takes a piece; after the end of the answer only the node's count is still of interest,
        /// and it does not buy the node more time.
        private Optional<JobOutcome> onPiece(NodeFrame.Piece piece) {
            piece.usage().ifPresent(this::count);
            if (finishReason.isPresent()) {
                return Optional.empty();
            }
            deadlineNanos = System.nanoTime() + limits.silenceMax().toNanos();
            boolean first = !meter.hasContent();
            if (piece.hasContent() && meter.isSpent()) {
                return Optional.of(new JobOutcome.Answered(job, meter, BUDGET_SPENT, true));
            }
            if (piece.hasContent()) {
                meter.frame(piece.text());
                firstNanos = first ? System.nanoTime() : firstNanos;
            }
            reply.piece(piece);
            if (first && meter.hasContent()) {
                steps.reached(PayStep.FIRST_BYTE);
            }
            finishReason = piece.finishReason();
            if (finishReason.isPresent()) {
                deadlineNanos = System.nanoTime() + AFTER_FINISH_MAX.toNanos();
            }
            return Optional.empty();
        }

        private void count(NodeFrame.Report report) {
            counted = true;
            report.promptTokens().ifPresent(meter::reportedPrompt);
            report.completionTokens().ifPresent(meter::reportedCompletion);
        }

        /// Whether the node said that it has sent all, but its engine did not: it broke off.
        private boolean brokeOff() {
            return finishReason.isEmpty() && !counted;
        }

        /// The node has sent all: an answer, unless it is none.
        private JobOutcome end() {
            if (!meter.hasContent() && finishReason.isEmpty()) {
                return failed(nodeError());
            }
            return new JobOutcome.Answered(job, meter, finishReason.orElse("stop"), false);
        }

        /// The buyer read too slowly: it pays for what came through, and gets no more.
        private JobOutcome stalled() {
            return meter.hasContent()
                    ? new JobOutcome.Answered(job, meter, BUDGET_SPENT, true)
                    : failed(nodeError());
        }
    }
}
