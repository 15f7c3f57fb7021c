package me.owlrun.gateway.chat;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.cashu.PaymentRequestCodec;
import me.owlrun.gateway.http.Answer;
import me.owlrun.gateway.http.Answers;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.http.PaymentHeaders;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.job.JobBoard;
import me.owlrun.gateway.job.JobReceipt;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.market.Catalog;
import me.owlrun.gateway.meter.AnswerMeter;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.oracle.Oracle;
import me.owlrun.gateway.pay.Charge;
import me.owlrun.gateway.pay.ClaimResult;
import me.owlrun.gateway.pay.PayStep;
import me.owlrun.gateway.pay.PaySteps;
import me.owlrun.gateway.pay.PaymentLostException;
import me.owlrun.gateway.pay.PaymentMethod;
import me.owlrun.gateway.pay.Receipt;
import me.owlrun.gateway.pay.Refusal;
import me.owlrun.gateway.pay.Service;
import me.owlrun.http.HttpBody;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `POST /v1/chat/completions`, paid by the request: examine, reserve a node, claim, run, settle,
/// send the change. Every way out closes the payment: settled when a node answered, refunded in
/// full when none did, left to `Recovery` when even that fails.
public final class ChatRoutes implements HttpService {

    private static final System.Logger LOG = System.getLogger(ChatRoutes.class.getName());

    private static final HeaderName CHANGE_MODE = HeaderNames.create("X-Cashu-Change-Mode");

    private static final int BODY_BYTES_MAX = 10_485_760;
    private static final int ID_BYTES = 12;

    private final Admissions admissions;
    private final NodePool pool;
    private final JobBoard board;
    private final PaySteps steps;
    private final ChatLimits limits;
    private final StalledWrites stalled;
    private final SecureRandom random;
    private final InstantSource clock;
    private volatile boolean stopping;

    /// @param methods ways of paying, in the order in which they are tried
    /// @param mint the address of the mint that payment requests name
    /// @param stop ends background work
    /// @param steps hears of every step of a payment
    public ChatRoutes(
            List<PaymentMethod> methods,
            String mint,
            Catalog catalog,
            Oracle oracle,
            NodePool pool,
            JobBoard board,
            ChatLimits limits,
            SecureRandom random,
            InstantSource clock,
            StopSignal stop,
            PaySteps steps) {
        this.admissions = new Admissions(methods, mint, catalog, pool, oracle);
        this.pool = pool;
        this.board = board;
        this.steps = steps;
        this.limits = limits;
        this.stalled = new StalledWrites(limits.writeMax(), stop);
        this.random = random;
        this.clock = clock;
    }

    /// Watches writes to buyers until the gateway stops.
    public Runnable stalledWrites() {
        return stalled;
    }

    /// Takes no new requests from now on.
    public void stopping() {
        stopping = true;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.post(rules, "/v1/chat/completions", this::complete);
        Answers.post(rules, "/chat/completions", this::complete);
    }

    private void complete(ServerRequest request, ServerResponse response) {
        Answer answer = new Answer(response);
        if (stopping) {
            answer.send(
                    ApiError.of(
                            ErrorCode.SHUTTING_DOWN,
                            "This gateway is going away; nothing was claimed, try again."));
            return;
        }
        ChatCall call = call(request);
        switch (admissions.examine(call)) {
            case Admission.Refused refused -> refuse(answer, refused);
            case Admission.Admitted admitted ->
                    reserve(admitted, answer, reply(call, answer, admitted));
        }
    }

    private static ChatCall call(ServerRequest request) {
        Headers headers = request.headers();
        return new ChatCall(
                headers.first(HeaderNames.CONTENT_TYPE),
                HttpBody.read(request, BODY_BYTES_MAX),
                PaymentHeaders.of(headers),
                headers.first(CHANGE_MODE),
                headers.first(HeaderNames.USER_AGENT));
    }

    private static void refuse(Answer answer, Admission.Refused refused) {
        refused.paymentRequest()
                .map(PaymentRequestCodec::encodeA)
                .ifPresent(text -> answer.header("X-Cashu", text));
        refuse(answer, refused.refusal());
    }

    private static void refuse(Answer answer, Refusal refusal) {
        if (refusal.change().isPresent()) {
            ChangeHeaders.send(answer, refusal.error(), refusal.change());
            return;
        }
        if (!refusal.mayRetry()) {
            answer.forbidRetry();
        }
        answer.send(refusal.error());
    }

    /// Takes a place on a node before any money is touched.
    private void reserve(Admission.Admitted admitted, Answer answer, Reply reply) {
        Optional<NodePool.Slot> slot = pool.reserve(admitted.model().id(), Set.of());
        if (slot.isEmpty()) {
            answer.send(
                    ApiError.of(
                            ErrorCode.NO_NODES,
                            "No node is free for this model at the moment; the token was not"
                                    + " claimed."));
            return;
        }
        try (NodePool.Slot held = slot.get()) {
            claim(admitted, answer, reply, held);
        }
    }

    private void claim(
            Admission.Admitted admitted, Answer answer, Reply reply, NodePool.Slot slot) {
        Usage usageMax = new Usage(admitted.prompt().tokensMax(), admitted.completionTokensMax());
        Msat costMax = admitted.tariff().cost(usageMax).min(admitted.funds().available());
        switch (admitted.funds().claim(admitted.model().id(), costMax)) {
            case ClaimResult.NotClaimed(Refusal refusal) -> refuse(answer, refusal);
            case ClaimResult.Claimed(Charge charge) -> serve(admitted, charge, slot, reply);
        }
    }

    private Reply reply(ChatCall call, Answer answer, Admission.Admitted admitted) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        ChunkMaker names =
                new ChunkMaker(
                        "chatcmpl-" + HexFormat.of().formatHex(id),
                        clock.instant().getEpochSecond(),
                        admitted.model().id());
        if (!admitted.request().stream()) {
            return new WholeReply(answer, names);
        }
        return new StreamReply(
                answer,
                stalled,
                names,
                admitted.request().includeUsage(),
                call.wantsChangeInline());
    }

    private void serve(
            Admission.Admitted admitted, Charge charge, NodePool.Slot slot, Reply reply) {
        boolean closed = false;
        try {
            JobOutcome outcome = run(admitted, slot, reply);
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

    private JobOutcome run(Admission.Admitted admitted, NodePool.Slot slot, Reply reply) {
        JobRun run =
                new JobRun(
                        pool,
                        board,
                        limits,
                        admitted.model().id(),
                        admitted.request()
                                .forNode(
                                        admitted.completionTokensMax(),
                                        admitted.model().contextLength()),
                        () -> new AnswerMeter(admitted.prompt(), admitted.completionTokensMax()),
                        reply,
                        steps);
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
