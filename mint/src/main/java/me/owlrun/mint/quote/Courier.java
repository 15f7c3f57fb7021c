package me.owlrun.mint.quote;

import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.Lightning.NodeState;
import me.owlrun.mint.lightning.Lightning.OutgoingPayment;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.step.Steps;
import me.owlrun.money.Msat;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/// Takes one attempt to Lightning and brings back what became of it. Whoever calls holds its lease;
/// when that is lost on the way, nothing is sent and nothing is written any more.
final class Courier {

    private static final Logger LOG = System.getLogger(Courier.class.getName());

    private static final Duration RETRY_MIN = Duration.ofSeconds(1);
    private static final int RETRY_DOUBLINGS_MAX = 10;
    private static final Duration ALARM_AFTER = Duration.ofMinutes(15);

    private final LeaseStore leases;
    private final MeltBreakerStore breaker;
    private final Settlement settlement;
    private final Lightning lightning;
    private final Payers payers;
    private final InstantSource clock;
    private final MeltRules rules;
    private final Steps steps;

    Courier(
            LeaseStore leases,
            MeltBreakerStore breaker,
            Settlement settlement,
            Lightning lightning,
            Payers payers,
            InstantSource clock,
            MeltRules rules,
            Steps steps) {
        this.leases = leases;
        this.breaker = breaker;
        this.settlement = settlement;
        this.lightning = lightning;
        this.payers = payers;
        this.clock = clock;
        this.rules = rules;
        this.steps = steps;
    }

    /// How an attempt stands when the courier is back.
    enum Stand {
        /// Paid, and written down.
        PAID,
        /// Failed for certain, and the inputs are given back.
        FAILED,
        /// Not ended; somebody will look again.
        OPEN,
        /// Somebody else looks after it now.
        LOST
    }

    /// One way to the node.
    ///
    /// @param quote what is paid
    /// @param payment what the node is asked for
    /// @param isPatient whether a wallet waits, so that a failure is confirmed at once
    /// @param answer what asking to pay was answered, on the way back from it
    private record Trip(
            MeltQuote quote, OutgoingPayment payment, boolean isPatient, Optional<Sight> answer) {

        Trip answered(Sight sight) {
            return new Trip(quote, payment, isPatient, Optional.of(sight));
        }

        Trip forTheLastTime() {
            return new Trip(quote, payment, false, answer);
        }
    }

    /// Who is to be asked to pay, if it says so and can. This is written down before sending and
    /// may be a second old; who is looked at afterwards is always asked anew, so a node that came
    /// into its place meanwhile is not believed when it knows nothing.
    Optional<NodeState> payer() {
        return told(lightning::recentNode).filter(NodeState::ready);
    }

    private static Optional<NodeState> told(Supplier<NodeState> node) {
        try {
            return Optional.of(node.get());
        } catch (LightningException e) {
            LOG.log(
                    Level.WARNING,
                    "The Lightning node does not say who it is: {0}",
                    e.getMessage());
            return Optional.empty();
        }
    }

    /// Pays an attempt that was just begun.
    Stand send(MeltQuote quote, MeltAttempt attempt, String nodeId) {
        OutgoingPayment payment = Settlement.payment(quote, attempt);
        return send(new Trip(quote, payment, true, Optional.empty()), attempt, nodeId);
    }

    /// Brings on an attempt that was taken over.
    Stand resume(MeltQuote quote, MeltAttempt attempt) {
        OutgoingPayment payment = Settlement.payment(quote, attempt);
        return look(new Trip(quote, payment, false, Optional.empty()), attempt);
    }

    private Stand send(Trip trip, MeltAttempt attempt, String nodeId) {
        steps.reached(Step.MELT_BEGUN);
        Instant now = clock.instant();
        Instant until = now.plus(rules.lease());
        // Whoever slept longer than the lease must not send: somebody else may be at it.
        if (!leases.send(attempt, nodeId, now, until) || !clock.instant().isBefore(until)) {
            return Stand.LOST;
        }
        PaymentOutcome answer = lightning.pay(trip.payment());
        steps.reached(Step.MELT_ANSWERED);
        MeltAttempt sent = attempt.sentTo(nodeId, answer instanceof PaymentOutcome.Failed);
        Trip back = trip.answered(Sight.of(answer));
        // Anything but a proof of payment is only a hint; a look-up decides.
        return answer instanceof PaymentOutcome.Paid paid && isProven(trip, paid)
                ? finish(trip, sent, paid)
                : look(back, sent);
    }

    private boolean isProven(Trip trip, PaymentOutcome.Paid paid) {
        return Verdict.isProven(paid, trip.payment().invoice(), lightning.provesPayments());
    }

    private Stand look(Trip trip, MeltAttempt attempt) {
        Optional<NodeState> node = told(lightning::node);
        PaymentOutcome look = lightning.look(trip.payment());
        Instant now = clock.instant();
        Verdict.Case known =
                new Verdict.Case(
                        attempt.evidence(),
                        trip.payment().invoice(),
                        node,
                        lightning.provesPayments(),
                        now);
        return switch (Verdict.of(look, known)) {
            case Verdict.Settle(PaymentOutcome.Paid paid) -> finish(trip, attempt, paid);
            case Verdict.Failure() -> failed(trip, attempt, Sight.of(look), now);
            case Verdict.SendAgain() ->
                    sendAgain(trip, attempt, node.map(NodeState::id).orElseThrow());
            case Verdict.Wait(Sight sight) -> {
                boolean undone = sight == Sight.PENDING || sight == Sight.NOT_FOUND;
                yield postpone(
                        trip, undone ? attempt.seenFailed(Optional.empty()) : attempt, sight);
            }
        };
    }

    private Stand finish(Trip trip, MeltAttempt attempt, PaymentOutcome.Paid paid) {
        if (settlement.finish(trip.quote(), attempt, trip.payment(), paid)) {
            return Stand.PAID;
        }
        Msat cost = trip.payment().amount().plus(paid.fee());
        if (leases.paidAfterRelease(attempt, cost)) {
            stop(
                    attempt,
                    "A payment was made after its inputs had been given back; the mint lost "
                            + cost
                            + ".");
        }
        return Stand.LOST;
    }

    private Stand sendAgain(Trip trip, MeltAttempt attempt, String nodeId) {
        if (trip.answer().isPresent()) { // it was asked just now
            return postpone(trip, attempt.seenFailed(Optional.empty()), Sight.NOT_FOUND);
        }
        if (breaker.tripped().isPresent()) {
            return postpone(trip, attempt.seenFailed(Optional.empty()), Sight.STOPPED);
        }
        return send(trip, attempt, nodeId);
    }

    /// A look-up says failed. The first one may be stale, so it takes a second one, later.
    private Stand failed(Trip trip, MeltAttempt attempt, Sight sight, Instant now) {
        Optional<Instant> first = attempt.evidence().failedAt();
        if (first.isPresent() && !now.isBefore(first.get().plus(rules.confirm()))) {
            return settlement.release(attempt) ? Stand.FAILED : Stand.LOST;
        }
        Instant failedAt = first.orElse(now);
        MeltAttempt seen = attempt.seenFailed(Optional.of(failedAt));
        Instant confirmAt = failedAt.plus(rules.confirm());
        boolean waits = trip.isPatient();
        Instant until = waits ? now.plus(rules.lease()) : confirmAt;
        if (!leases.saw(seen, trip.answer(), sight, now, until)) {
            return Stand.LOST;
        }
        if (!waits) {
            return Stand.OPEN;
        }
        if (!payers.rest(rules.confirm())) {
            return postponed(leases.saw(seen, trip.answer(), sight, now, confirmAt));
        }
        return look(trip.forTheLastTime(), seen);
    }

    private Stand postpone(Trip trip, MeltAttempt attempt, Sight sight) {
        Instant now = clock.instant();
        Duration wait =
                RETRY_MIN.multipliedBy(1L << Math.min(attempt.checks(), RETRY_DOUBLINGS_MAX));
        Duration bounded =
                wait.compareTo(Lightning.LOOK_WAIT_MAX) < 0 ? wait : Lightning.LOOK_WAIT_MAX;
        if (!leases.saw(attempt, trip.answer(), sight, now, now.plus(bounded))) {
            return Stand.LOST;
        }
        raiseAlarms(attempt, sight, now);
        return Stand.OPEN;
    }

    private static Stand postponed(boolean held) {
        return held ? Stand.OPEN : Stand.LOST;
    }

    private void raiseAlarms(MeltAttempt attempt, Sight sight, Instant now) {
        if (sight == Sight.BAD_PREIMAGE || sight == Sight.OTHER_NODE) {
            LOG.log(
                    Level.ERROR,
                    "Melt attempt {0} stays pending: {1}. Look at the node.",
                    attempt.id(),
                    sight);
        }
        if (now.isAfter(attempt.evidence().since().plus(ALARM_AFTER))
                && leases.alarm(attempt, now)) {
            LOG.log(
                    Level.ERROR,
                    "Melt attempt {0} is pending for more than {1}, last seen as {2}.",
                    attempt.id(),
                    ALARM_AFTER,
                    sight);
        }
        if (!sight.isStrange()) {
            return;
        }
        long strange = leases.countStrange();
        if (strange > rules.strangeMax()) {
            stop(attempt, "Nobody can tell what became of " + strange + " payments.");
        }
    }

    private void stop(MeltAttempt attempt, String reason) {
        if (breaker.trip(reason, attempt.id(), clock.instant())) {
            LOG.log(Level.ERROR, "Melting through Lightning is stopped: {0}", reason);
        }
    }
}
