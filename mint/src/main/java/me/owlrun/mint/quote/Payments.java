package me.owlrun.mint.quote;

import me.owlrun.bolt11.Invoice;
import me.owlrun.bolt11.InvoiceReader;
import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.mint.keys.Keysets;
import me.owlrun.mint.keys.Signer;
import me.owlrun.mint.keys.Signer.SignedMessage;
import me.owlrun.mint.ledger.Entry;
import me.owlrun.mint.ledger.Ids;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.Operation;
import me.owlrun.mint.lightning.Lightning;
import me.owlrun.mint.lightning.Lightning.OutgoingPayment;
import me.owlrun.mint.lightning.PaymentOutcome;
import me.owlrun.mint.lightning.PaymentOutcome.Failed;
import me.owlrun.mint.lightning.PaymentOutcome.NotFound;
import me.owlrun.mint.lightning.PaymentOutcome.Paid;
import me.owlrun.mint.lightning.PaymentOutcome.Pending;
import me.owlrun.mint.lightning.PaymentOutcome.Unknown;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.step.Changed;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.step.Steps;
import me.owlrun.money.Msat;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Payments under way. Where each one can be when the mint dies, and what happens then:
///
/// - before [MeltAttemptStore#begin] commits: nothing happened;
/// - after it, before Lightning heard of it: a look-up finds nothing, the new holder of the lease
///   pays;
/// - while Lightning pays, or after it paid: a look-up tells, the new holder finishes or releases;
/// - after finish or release: nothing is left to do.
///
/// Only a failure that Lightning confirms after it was asked to pay gives inputs back. Not knowing
/// means pending, for ever if need be.
public final class Payments {

    private static final Logger LOG = System.getLogger(Payments.class.getName());

    private static final Duration RETRY_MIN = Duration.ofSeconds(1);
    private static final Duration RETRY_MAX = Duration.ofSeconds(60);
    private static final int RETRY_DOUBLINGS_MAX = 6;

    private final MeltAttemptStore attempts;
    private final MeltQuoteStore quotes;
    private final Minting minting;
    private final LedgerStore ledger;
    private final Keysets keysets;
    private final Signer signer;
    private final Lightning lightning;
    private final Ids ids;
    private final InstantSource clock;
    private final Duration lease;
    private final Steps steps;

    /// @param lease how long one process may hold a payment without a sign of life; longer than
    ///   [Lightning#PAY_WAIT_MAX]
    public Payments(
            MeltAttemptStore attempts,
            MeltQuoteStore quotes,
            Minting minting,
            LedgerStore ledger,
            Keysets keysets,
            Signer signer,
            Lightning lightning,
            Ids ids,
            InstantSource clock,
            Duration lease,
            Steps steps) {
        this.attempts = attempts;
        this.quotes = quotes;
        this.minting = minting;
        this.ledger = ledger;
        this.keysets = keysets;
        this.signer = signer;
        this.lightning = lightning;
        this.ids = ids;
        this.clock = clock;
        this.lease = lease;
        this.steps = steps;
    }

    /// Begins a payment and carries it as far as Lightning goes: afterwards the quote is paid, or
    /// pending, or, with a refusal, as it was.
    Optional<ErrorCode> start(
            MeltQuote quote, MeltAttempt attempt, List<Proof> inputs, List<BlindedMessage> blanks) {
        Optional<MintQuote> payee = minting.find(quote.paymentHash());
        if (payee.isPresent()) {
            return payOurselves(quote, attempt, payee.get(), inputs, blanks);
        }
        steps.reached(Step.MELT_VERIFIED);
        Instant now = clock.instant();
        Optional<ErrorCode> refusal =
                attempts.begin(attempt, quote.paymentHash(), inputs, blanks, now, now.plus(lease));
        if (refusal.isPresent()) {
            return refusal;
        }
        steps.changed(new Changed.MeltBegun(quote.id(), inputs));
        return dispatch(quote, attempt);
    }

    private Optional<ErrorCode> payOurselves(
            MeltQuote quote,
            MeltAttempt attempt,
            MintQuote payee,
            List<Proof> inputs,
            List<BlindedMessage> blanks) {
        if (payee.amountPaid() > 0) {
            return Optional.of(ErrorCode.INVOICE_PAID);
        }
        steps.reached(Step.MELT_VERIFIED);
        List<SignedMessage> change = change(quote, attempt, 0, blanks);
        List<BlindSignature> signatures = signer.proveAgain(change);
        Entry entry =
                new Entry(
                        operation(quote, attempt, change),
                        inputs,
                        blanks.subList(0, change.size()),
                        signatures);
        Optional<ErrorCode> refusal = attempts.settleInternally(attempt, payee, entry);
        steps.reached(Step.MELT_COMMITTED);
        steps.changed(new Changed.MeltEnded(quote.id(), inputs));
        steps.changed(new Changed.MintQuote(payee.id()));
        return refusal;
    }

    private Optional<ErrorCode> dispatch(MeltQuote quote, MeltAttempt attempt) {
        OutgoingPayment payment = payment(quote, attempt);
        steps.reached(Step.MELT_BEGUN);
        PaymentOutcome answer = lightning.pay(payment);
        steps.reached(Step.MELT_ANSWERED);
        return switch (answer) {
            case Paid paid -> finish(quote, attempt, paid);
            case Failed(var _), Pending(), NotFound(), Unknown(var _) ->
                    confirm(quote, attempt, payment, answer);
        };
    }

    /// Paying gave no proof of payment: whatever it said, what a look-up says now decides.
    private Optional<ErrorCode> confirm(
            MeltQuote quote, MeltAttempt attempt, OutgoingPayment payment, PaymentOutcome answer) {
        PaymentOutcome look = lightning.look(payment);
        return switch (look) {
            case Paid paid -> finish(quote, attempt, paid);
            case Failed(var _) -> release(attempt);
            case NotFound() -> answer instanceof Failed ? release(attempt) : postpone(attempt);
            case Pending(), Unknown(var _) -> postpone(attempt);
        };
    }

    /// Takes over one payment that nobody looks after any more and brings it on.
    ///
    /// @return false when there is none
    boolean resumeOne() {
        Instant now = clock.instant();
        Optional<MeltAttempt> claimed = attempts.claimOverdue(ids.next(), now, now.plus(lease));
        if (claimed.isEmpty()) {
            return false;
        }
        MeltAttempt attempt = claimed.get();
        MeltQuote quote =
                quotes.find(attempt.quoteId())
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "melt quote " + attempt.quoteId() + " vanished"));
        OutgoingPayment payment = payment(quote, attempt);
        Optional<ErrorCode> result =
                switch (lightning.look(payment)) {
                    case Paid paid -> finish(quote, attempt, paid);
                    case Failed(var _) -> release(attempt);
                    case NotFound() -> dispatch(quote, attempt);
                    case Pending(), Unknown(var _) -> postpone(attempt);
                };
        LOG.log(Level.INFO, "Melt attempt {0} resumed: {1}", attempt.id(), result);
        return true;
    }

    private Optional<ErrorCode> finish(MeltQuote quote, MeltAttempt attempt, Paid paid) {
        Msat invoiced = invoice(quote).amount().orElseThrow();
        CurrencyUnit unit = quote.unit();
        long feePaid = unit.ceilSteps(invoiced.plus(paid.fee())) - quote.amount();
        if (feePaid > quote.feeReserve()) {
            LOG.log(
                    Level.ERROR,
                    "Melt attempt {0}: Lightning took {1} of a fee reserve of {2} {3};"
                            + " the mint bears the loss.",
                    attempt.id(),
                    feePaid,
                    quote.feeReserve(),
                    unit.text());
        }
        List<SignedMessage> change = change(quote, attempt, feePaid, ledger.blanks(attempt.id()));
        MeltQuote.Paid state = new MeltQuote.Paid(paid.preimageHex(), feePaid);
        boolean held = attempts.finish(attempt, state, operation(quote, attempt, change), change);
        steps.reached(Step.MELT_COMMITTED);
        steps.changed(new Changed.MeltEnded(quote.id(), List.of()));
        if (!held) {
            LOG.log(Level.INFO, "Melt attempt {0} was taken over meanwhile.", attempt.id());
        }
        return Optional.empty();
    }

    private List<SignedMessage> change(
            MeltQuote quote, MeltAttempt attempt, long feePaid, List<BlindedMessage> blanks) {
        long overpaid = attempt.inputAmount() - attempt.feeAmount() - quote.amount() - feePaid;
        long partMax = keysets.active(quote.unit()).amountMax();
        return new Change(signer, partMax).sign(overpaid, blanks);
    }

    private Operation operation(MeltQuote quote, MeltAttempt attempt, List<SignedMessage> change) {
        return new Operation(
                attempt.id(),
                Operation.Kind.MELT,
                quote.unit(),
                attempt.requestHash(),
                Optional.of(quote.id()),
                attempt.inputAmount(),
                Change.sum(change),
                attempt.feeAmount(),
                clock.instant());
    }

    private Optional<ErrorCode> release(MeltAttempt attempt) {
        boolean held = attempts.release(attempt, clock.instant());
        steps.reached(Step.MELT_COMMITTED);
        steps.changed(new Changed.MeltEnded(attempt.quoteId(), List.of()));
        return held ? Optional.of(ErrorCode.PAYMENT_FAILED) : Optional.empty();
    }

    private Optional<ErrorCode> postpone(MeltAttempt attempt) {
        Duration wait =
                RETRY_MIN.multipliedBy(1L << Math.min(attempt.checks(), RETRY_DOUBLINGS_MAX));
        attempts.postpone(
                attempt, clock.instant().plus(wait.compareTo(RETRY_MAX) < 0 ? wait : RETRY_MAX));
        return Optional.empty();
    }

    private static OutgoingPayment payment(MeltQuote quote, MeltAttempt attempt) {
        Invoice invoice = invoice(quote);
        return new OutgoingPayment(
                attempt.id(),
                invoice,
                invoice.amount().orElseThrow(),
                quote.unit().toMsat(quote.feeReserve()),
                quote.unit());
    }

    private static Invoice invoice(MeltQuote quote) {
        return InvoiceReader.read(quote.request())
                .orElseThrow(() ->
                        new IllegalStateException(
                                "the invoice of melt quote " + quote.id() + " broke"));
    }
}
