package me.owlrun.mint.quote;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Proof;
import me.owlrun.mint.ledger.Ids;
import me.owlrun.mint.lightning.Lightning.NodeState;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.quote.Courier.Stand;
import me.owlrun.mint.step.Changed;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.step.Steps;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Payments under way. Where each one can be when the mint dies, and what happens then:
///
/// - before [MeltAttemptStore#begin] commits: nothing happened;
/// - after it, before Lightning heard of it: a look-up finds nothing, the new holder of the lease
///   pays;
/// - while Lightning pays, or after it paid: a look-up tells, the new holder finishes or releases;
/// - after finish or release: nothing is left to do.
///
/// Only a failure that the node that was asked confirms twice gives inputs back ([Verdict]). Not
/// knowing means pending, for ever if need be.
final class Payments {

    private static final Logger LOG = System.getLogger(Payments.class.getName());

    private final MeltAttemptStore attempts;
    private final LeaseStore leases;
    private final MeltBreakerStore breaker;
    private final MeltQuoteStore quotes;
    private final Minting minting;
    private final Settlement settlement;
    private final Courier courier;
    private final Payers payers;
    private final Ids ids;
    private final InstantSource clock;
    private final MeltRules rules;
    private final Steps steps;

    Payments(
            MeltAttemptStore attempts,
            LeaseStore leases,
            MeltBreakerStore breaker,
            MeltQuoteStore quotes,
            Minting minting,
            Settlement settlement,
            Courier courier,
            Payers payers,
            Ids ids,
            InstantSource clock,
            MeltRules rules,
            Steps steps) {
        this.attempts = attempts;
        this.leases = leases;
        this.breaker = breaker;
        this.quotes = quotes;
        this.minting = minting;
        this.settlement = settlement;
        this.courier = courier;
        this.payers = payers;
        this.ids = ids;
        this.clock = clock;
        this.rules = rules;
        this.steps = steps;
    }

    /// Whether nothing goes out through Lightning at the moment.
    boolean areStopped() {
        return breaker.tripped().isPresent();
    }

    /// Begins a payment. Afterwards the quote is paid, or pending, or, with a refusal, as it was.
    ///
    /// @param waits whether to wait for the end of it, for a while
    Optional<ErrorCode> start(
            MeltQuote quote,
            MeltAttempt attempt,
            List<Proof> inputs,
            List<BlindedMessage> blanks,
            boolean waits) {
        Optional<MintQuote> payee = minting.find(quote.paymentHash());
        if (payee.isPresent()) {
            return settlement.payOurselves(quote, attempt, payee.get(), inputs, blanks);
        }
        if (areStopped()) {
            return Optional.of(ErrorCode.DISABLED);
        }
        Optional<NodeState> node = courier.payer();
        if (node.isEmpty() || payers.areBusy()) {
            return Optional.of(ErrorCode.PAYMENT_FAILED); // nothing was tried, nothing is held
        }
        steps.reached(Step.MELT_VERIFIED);
        Instant now = clock.instant();
        Instant until = now.plus(rules.lease());
        Optional<ErrorCode> refusal =
                attempts.begin(attempt, quote.paymentHash(), inputs, blanks, now, until);
        if (refusal.isPresent()) {
            return refusal;
        }
        steps.changed(new Changed.MeltBegun(quote.id(), inputs));
        return send(quote, attempt, node.get().id(), waits);
    }

    private Optional<ErrorCode> send(
            MeltQuote quote, MeltAttempt attempt, String nodeId, boolean waits) {
        Future<Stand> sending;
        try {
            sending = payers.start(() -> courier.send(quote, attempt, nodeId));
        } catch (RejectedExecutionException _) { // about to stop; the next process goes on
            return Optional.empty();
        }
        return waits && await(sending) == Stand.FAILED
                ? Optional.of(ErrorCode.PAYMENT_FAILED)
                : Optional.empty();
    }

    private Stand await(Future<Stand> sending) {
        try {
            return sending.get(rules.answerWithin().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            return Stand.OPEN; // it goes on without the wallet waiting
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Stand.OPEN;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException fault) {
                throw fault;
            }
            throw new IllegalStateException("a payment broke off", e.getCause());
        }
    }

    /// Takes over every payment that nobody looks after any more, each on a thread of its own.
    void resumeAll() {
        while (!payers.areBusy()) {
            Optional<MeltAttempt> claimed = claim();
            if (claimed.isEmpty()) {
                return;
            }
            MeltAttempt attempt = claimed.get();
            try {
                Future<Stand> started = payers.start(() -> resume(attempt));
                LOG.log(Level.TRACE, "Melt attempt {0} taken over: {1}", attempt.id(), started);
            } catch (RejectedExecutionException _) {
                return;
            }
        }
    }

    /// Takes over one payment that nobody looks after any more and brings it on.
    ///
    /// @return empty when there is none
    Optional<Stand> resumeOne() {
        return claim().map(this::resume);
    }

    private Optional<MeltAttempt> claim() {
        Instant now = clock.instant();
        return leases.claimOverdue(ids.next(), now, now.plus(rules.lease()));
    }

    private Stand resume(MeltAttempt attempt) {
        MeltQuote quote =
                quotes.find(attempt.quoteId())
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "melt quote " + attempt.quoteId() + " vanished"));
        Stand stand = courier.resume(quote, attempt);
        LOG.log(Level.INFO, "Melt attempt {0} resumed: {1}", attempt.id(), stand);
        return stand;
    }
}
