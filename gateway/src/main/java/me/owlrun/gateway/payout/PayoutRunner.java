package me.owlrun.gateway.payout;

import me.owlrun.gateway.vault.MintOperation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Carries payouts forward, one step after the other, as [Payout#step] says. It may stop or die
/// between any two lines: what was written down is enough to go on, here or at another gateway. Two
/// at once are safe, too: the book takes one change of a version, the mint spends coins once.
final class PayoutRunner {

    private static final System.Logger LOG = System.getLogger(PayoutRunner.class.getName());

    private static final int SENDS_MAX = 5;

    /// An offer that ends sooner is not taken up again.
    private static final Duration OFFER_REST_MIN = Duration.ofSeconds(30);

    private final PayoutBook book;
    private final PayoutMint mint;
    private final InstantSource clock;

    PayoutRunner(PayoutBook book, PayoutMint mint, InstantSource clock) {
        this.book = book;
        this.mint = mint;
        this.clock = clock;
    }

    /// Sends a payout that was just written down.
    Payout start(Payout payout) {
        return apply(payout, mint.send(payout, book.operation(payout.operation()), true));
    }

    /// Goes on with a payout that somebody left, or whose end was not known.
    Payout goOn(Payout payout) {
        return switch (payout.state()) {
            case PAID, FAILED -> payout;
            case RECALLING -> recall(payout);
            case SENT, UNKNOWN -> {
                MintOperation operation = book.operation(payout.operation());
                yield apply(
                        payout,
                        payout.method() == Payout.Method.ECASH
                                ? mint.send(payout, operation, false)
                                : mint.look(payout, operation));
            }
        };
    }

    private Payout apply(Payout payout, PayoutEvent event) {
        PayoutEvent bounded = event instanceof PayoutEvent.NotSeen ? notSeen(payout) : event;
        Payout.Step step = Payout.step(payout.state(), bounded);
        return switch (step.command()) {
            case NOTHING -> payout;
            case SEND -> book.sendingAgain(payout).map(this::sendAgain).orElse(payout);
            case LOOK_LATER -> lookLater(payout, step.next(), bounded);
            case RECALL_LATER -> later(payout, step.next(), bounded).orElse(payout);
            case RECALL -> beginRecall(payout, bounded);
            case BOOK -> booked(payout, bounded);
            case RELEASE -> released(payout, bounded);
        };
    }

    private PayoutEvent notSeen(Payout payout) {
        Instant soon = clock.instant().plus(OFFER_REST_MIN);
        boolean offered = payout.quoteExpiresAt().map(soon::isBefore).orElse(true);
        return new PayoutEvent.NotSeen(offered && payout.sends() < SENDS_MAX);
    }

    private Payout sendAgain(Payout payout) {
        return apply(payout, mint.send(payout, book.operation(payout.operation()), false));
    }

    private Payout lookLater(Payout payout, Payout.State next, PayoutEvent event) {
        Optional<Payout> after =
                event instanceof PayoutEvent.InputsGone(int code)
                        ? book.notRecalled(payout, code)
                        : later(payout, next, event);
        return after.orElse(payout);
    }

    private Optional<Payout> later(Payout payout, Payout.State next, PayoutEvent event) {
        String evidence = event instanceof PayoutEvent.Unclear(String seen) ? seen : "";
        return book.later(payout, next, evidence, BackOff.untilNextLook(payout.looks()));
    }

    private Payout beginRecall(Payout payout, PayoutEvent event) {
        Failure failure =
                event instanceof PayoutEvent.Refused(Failure why, int _) ? why : Failure.TEMPORARY;
        Optional<MintOperation> recall = mint.planRecall(book.operation(payout.operation()));
        if (recall.isEmpty()) {
            return later(payout, Payout.State.UNKNOWN, event).orElse(payout);
        }
        return book.recalling(payout, recall.get(), failure).map(this::recall).orElse(payout);
    }

    private Payout recall(Payout payout) {
        MintOperation recall = book.operation(payout.recall().orElseThrow());
        return apply(payout, mint.recall(payout, recall));
    }

    private Payout booked(Payout payout, PayoutEvent event) {
        Payout after = book.paid(payout, (PayoutEvent.Arrived) event).orElse(payout);
        LOG.log(
                System.Logger.Level.DEBUG,
                "payout {0}: {1} arrived, {2} msat",
                after.id(),
                after.method(),
                Long.toString(after.amount().value()));
        return after;
    }

    private Payout released(Payout payout, PayoutEvent event) {
        Payout after =
                switch (event) {
                    case PayoutEvent.Declined(Failure failure, int code) ->
                            book.declined(payout, failure, code).orElse(payout);
                    case PayoutEvent.Recalled(var proofs) ->
                            book.recalled(payout, proofs).orElse(payout);
                    default -> payout;
                };
        LOG.log(
                System.Logger.Level.DEBUG,
                "payout {0}: did not happen ({1}), the money is back",
                after.id(),
                after.failure().map(Failure::text).orElse(""));
        return after;
    }
}
