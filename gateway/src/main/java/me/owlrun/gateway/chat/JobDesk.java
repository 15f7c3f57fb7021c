package me.owlrun.gateway.chat;

import me.owlrun.cashu.PaymentRequestCodec;
import me.owlrun.gateway.http.Answer;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.Attempt;
import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.JobReceipt;
import me.owlrun.gateway.job.Lane;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.job.Want;
import me.owlrun.gateway.meter.AnswerMeter;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.pay.Charge;
import me.owlrun.gateway.pay.ClaimResult;
import me.owlrun.gateway.pay.PayStep;
import me.owlrun.gateway.pay.PaySteps;
import me.owlrun.gateway.pay.PaymentLostException;
import me.owlrun.gateway.pay.Receipt;
import me.owlrun.gateway.pay.Refusal;
import me.owlrun.gateway.pay.Service;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// The flow of one paid job in any format: examine, reserve a node, claim, run, settle, send the
/// change. Every way out closes the payment: settled when a node answered, refunded in full when
/// none did, left to `Recovery` when even that fails.
final class JobDesk {

    private static final System.Logger LOG = System.getLogger(JobDesk.class.getName());
    private static final int ID_BYTES = 12;

    /// The header that tells a buyer that its job is given away.
    private static final String LANE = "X-Owlrun-Lane";

    private final Admissions admissions;
    private final NodePool pool;
    private final JobBoard board;
    private final ChatLimits limits;
    private final StalledWrites stalled;
    private final SecureRandom random;
    private final InstantSource clock;
    private final PaySteps steps;
    private final Attempt.Listener attempts;
    private final Beginnings beginnings;
    private volatile boolean stopping;

    /// @param stop ends background work
    /// @param steps hears how far payments came
    /// @param attempts hears what nodes made of their jobs
    JobDesk(
            Admissions admissions,
            NodePool pool,
            JobBoard board,
            ChatLimits limits,
            SecureRandom random,
            InstantSource clock,
            StopSignal stop,
            PaySteps steps,
            Attempt.Listener attempts) {
        this.admissions = admissions;
        this.pool = pool;
        this.board = board;
        this.limits = limits;
        this.stalled = new StalledWrites(limits.writeMax(), stop);
        this.random = random;
        this.clock = clock;
        this.steps = steps;
        this.attempts = attempts;
        this.beginnings = new Beginnings(random);
    }

    /// Watches writes to buyers until the gateway stops.
    Runnable stalledWrites() {
        return stalled;
    }

    /// Takes no new requests from now on.
    void stopping() {
        stopping = true;
    }

    /// Whether new requests are turned away, before their bodies are read.
    boolean turnsAway(Answer answer, Dialect dialect) {
        if (stopping) {
            send(
                    answer,
                    dialect,
                    ApiError.of(
                            ErrorCode.SHUTTING_DOWN,
                            "This gateway is going away; nothing was claimed, try again."));
        }
        return stopping;
    }

    /// Serves one request to its end.
    void serve(ChatCall call, Dialect dialect, Answer answer) {
        switch (admissions.examine(call, dialect)) {
            case Admission.Refused refused -> refuse(answer, dialect, refused);
            case Admission.Admitted admitted -> {
                if (admitted.funds().isFree()) {
                    answer.header(LANE, "free");
                }
                reserve(new Order(admitted, dialect, answer, reply(call, answer, admitted)));
            }
        }
    }

    /// An admitted request and where its answer goes.
    private record Order(
            Admission.Admitted admitted, Dialect dialect, Answer answer, Reply reply) {}

    private Reply reply(ChatCall call, Answer answer, Admission.Admitted admitted) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return admitted.request()
                .reply(
                        new ReplyPlace(
                                answer,
                                stalled,
                                HexFormat.of().formatHex(id),
                                clock.instant(),
                                call.wantsChangeInline(),
                                call.wantsEvents()));
    }

    private static void send(Answer answer, Dialect dialect, ApiError error) {
        answer.send(error, dialect.error(error));
    }

    private static void refuse(Answer answer, Dialect dialect, Admission.Refused refused) {
        refused.paymentRequest()
                .map(PaymentRequestCodec::encodeA)
                .ifPresent(text -> answer.header("X-Cashu", text));
        refuse(answer, dialect, refused.refusal());
    }

    private static void refuse(Answer answer, Dialect dialect, Refusal refusal) {
        ApiError error = refusal.error();
        if (refusal.change().isPresent()) {
            ChangeHeaders.refuse(answer, error, dialect.error(error), refusal.change());
            return;
        }
        if (!refusal.mayRetry()) {
            answer.forbidRetry();
        }
        refusal.retryAfter()
                .ifPresent(wait ->
                        answer.header(
                                "Retry-After",
                                Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()))));
        send(answer, dialect, error);
    }

    /// Takes a place on a node before any money is touched.
    private void reserve(Order order) {
        Want want = want(order.admitted);
        Optional<NodePool.Slot> slot = pool.reserve(want, Set.of());
        if (slot.isEmpty()) {
            send(order.answer, order.dialect, noNodes(pool.lack(want), want));
            return;
        }
        try (NodePool.Slot held = slot.get()) {
            claim(order, want, held);
        }
    }

    private Want want(Admission.Admitted admitted) {
        return new Want(
                admitted.model().id(),
                admitted.request().task(),
                admitted.funds().isFree() ? Lane.FREE : Lane.PAID,
                admitted.request().beginning().map(beginnings::name));
    }

    private static ApiError noNodes(NodePool.Lack lack, Want want) {
        String why =
                switch (lack) {
                    case MODEL ->
                            "No node serves this model now; GET /v1/models counts the nodes of"
                                    + " each.";
                    case TASK ->
                            "The nodes that serve this model now cannot do this kind of work (%s)."
                                    .formatted(want.task().text());
                    case ROOM -> "All nodes that serve this model are busy; try again in a moment.";
                };
        return ApiError.of(ErrorCode.NO_NODES, why + " Nothing was claimed.");
    }

    private void claim(Order order, Want want, NodePool.Slot slot) {
        Admission.Admitted admitted = order.admitted;
        Usage usageMax = new Usage(admitted.prompt().tokensMax(), admitted.completionTokensMax());
        Msat costMax = admitted.tariff().cost(usageMax).min(admitted.funds().available());
        switch (admitted.funds().claim(admitted.model().id(), costMax)) {
            case ClaimResult.NotClaimed(Refusal refusal) ->
                    refuse(order.answer, order.dialect, refusal);
            case ClaimResult.Claimed(Charge charge) ->
                    work(
                            admitted,
                            charge,
                            () -> run(admitted, want, slot, order.reply),
                            order.reply);
        }
    }

    private void work(
            Admission.Admitted admitted, Charge charge, Supplier<JobOutcome> run, Reply reply) {
        boolean closed = false;
        try {
            JobOutcome outcome = run.get();
            closed = true;
            uninterrupted(() -> close(admitted, charge, outcome, reply));
        } catch (BuyerGoneException e) {
            LOG.log(System.Logger.Level.DEBUG, "payment {0}: the buyer is gone", charge.id());
        } finally {
            if (!closed) {
                charge.abandon();
            }
        }
    }

    /// Runs something that an interrupt must not break; the interrupt stays for later.
    private static void uninterrupted(Runnable action) {
        boolean interrupted = Thread.interrupted();
        try {
            action.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private JobOutcome run(
            Admission.Admitted admitted, Want want, NodePool.Slot slot, Reply reply) {
        JobRun run =
                new JobRun(
                        pool,
                        board,
                        limits,
                        want,
                        admitted.request()
                                .forNode(
                                        admitted.completionTokensMax(),
                                        admitted.model().contextLength()),
                        () -> new AnswerMeter(admitted.prompt(), admitted.completionTokensMax()),
                        admitted.request()::reader,
                        reply,
                        steps,
                        attempts);
        try {
            return run.run(slot);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return internalError();
        } catch (BuyerGoneException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a job failed by a mistake of ours", e);
            return internalError();
        }
    }

    private static JobOutcome internalError() {
        return new JobOutcome.Failed(
                ApiError.of(
                        ErrorCode.INTERNAL_ERROR,
                        "The gateway made a mistake; your payment is returned."),
                false);
    }

    /// Closes the payment first and tells the buyer after, so that what it is told is stored.
    private void close(
            Admission.Admitted admitted, Charge charge, JobOutcome outcome, Reply reply) {
        try (reply) {
            switch (outcome) {
                case JobOutcome.Answered answered -> {
                    Receipt receipt = settle(admitted, charge, answered.job(), answered.meter());
                    reply.answered(answered.finishReason());
                    reply.settled(receipt);
                    steps.reached(PayStep.CHANGE_SENT);
                }
                case JobOutcome.BuyerGone gone -> closeForGoneBuyer(admitted, charge, gone);
                case JobOutcome.Failed(ApiError error, boolean _) ->
                        reply.failed(error, charge.refund());
            }
        } catch (PaymentLostException e) {
            LOG.log(System.Logger.Level.WARNING, e.getMessage());
        }
    }

    /// A buyer who hangs up pays for what was produced, and gets everything back when that is
    /// nothing.
    private void closeForGoneBuyer(
            Admission.Admitted admitted, Charge charge, JobOutcome.BuyerGone gone) {
        if (gone.meter().hasContent()) {
            var _ = settle(admitted, charge, gone.job(), gone.meter());
        } else {
            var _ = charge.refund();
        }
    }

    private static Receipt settle(
            Admission.Admitted admitted, Charge charge, Job job, AnswerMeter meter) {
        NodeIdentity node = job.node().identity();
        Receipt receipt =
                charge.settle(
                        new Service(
                                job.id(),
                                node.providerId(),
                                node.nodeId(),
                                tier ->
                                        Bill.of(
                                                meter.usage(),
                                                admitted.tariff(),
                                                tier,
                                                charge.held())));
        receipt.bill()
                .ifPresent(bill ->
                        job.node()
                                .complete(
                                        new JobReceipt(
                                                job.id(),
                                                job.model(),
                                                bill.usage().totalTokens(),
                                                bill.split().provider())));
        return receipt;
    }
}
