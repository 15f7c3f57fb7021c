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
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.Operation;
import me.owlrun.mint.lightning.Lightning.OutgoingPayment;
import me.owlrun.mint.lightning.PaymentOutcome.Paid;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.step.Changed;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.step.Steps;
import me.owlrun.money.Msat;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// How a payment ends in the books: inputs spent with change, or given back.
final class Settlement {

    private static final Logger LOG = System.getLogger(Settlement.class.getName());

    private final MeltAttemptStore attempts;
    private final MeltBreakerStore breaker;
    private final LedgerStore ledger;
    private final Keysets keysets;
    private final Signer signer;
    private final InstantSource clock;
    private final Steps steps;

    Settlement(
            MeltAttemptStore attempts,
            MeltBreakerStore breaker,
            LedgerStore ledger,
            Keysets keysets,
            Signer signer,
            InstantSource clock,
            Steps steps) {
        this.attempts = attempts;
        this.breaker = breaker;
        this.ledger = ledger;
        this.keysets = keysets;
        this.signer = signer;
        this.clock = clock;
        this.steps = steps;
    }

    /// What Lightning is asked for.
    static OutgoingPayment payment(MeltQuote quote, MeltAttempt attempt) {
        Invoice invoice =
                InvoiceReader.read(quote.request())
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "the invoice of melt quote " + quote.id() + " broke"));
        return new OutgoingPayment(
                attempt.id(),
                invoice,
                quote.chosen().or(invoice::amount).orElseThrow(),
                quote.unit().toMsat(quote.feeReserve()),
                quote.unit());
    }

    /// Pays another quote of this mint, without Lightning.
    Optional<ErrorCode> payOurselves(
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

    /// The invoice is paid: the inputs are spent, and what is left of the fee reserve is change.
    /// The payer is never charged more than the reserve.
    ///
    /// @return false when somebody else has the lease
    boolean finish(MeltQuote quote, MeltAttempt attempt, OutgoingPayment payment, Paid paid) {
        CurrencyUnit unit = quote.unit();
        Msat cost = payment.amount().plus(paid.fee());
        long covered = Math.addExact(quote.amount(), quote.feeReserve());
        Msat loss = atLeastZero(cost.minus(unit.toMsat(covered)));
        if (paid.fee().compareTo(payment.feeLimit()) > 0) {
            stop(attempt, payment, paid, loss);
        }
        long charged = Math.clamp(unit.ceilSteps(cost) - quote.amount(), 0, quote.feeReserve());
        List<SignedMessage> change = change(quote, attempt, charged, ledger.blanks(attempt.id()));
        MeltQuote.Paid state = new MeltQuote.Paid(paid.preimageHex(), charged);
        boolean held =
                attempts.finish(attempt, state, operation(quote, attempt, change), change, loss);
        steps.reached(Step.MELT_COMMITTED);
        steps.changed(new Changed.MeltEnded(quote.id(), List.of()));
        return held;
    }

    /// A node that ignores the limit can be made to drain the mint by whoever owns the route. This
    /// is written before the payment's end, so that a crash between cannot lose it.
    private void stop(MeltAttempt attempt, OutgoingPayment payment, Paid paid, Msat loss) {
        LOG.log(
                Level.ERROR,
                "Melt attempt {0}: Lightning took {1} on top where {2} was the limit; the mint"
                        + " lost {3}. Melting is stopped until it is resumed by hand.",
                attempt.id(),
                paid.fee(),
                payment.feeLimit(),
                loss);
        String reason =
                "Lightning took %s on top where %s was the limit; the mint lost %s."
                        .formatted(paid.fee(), payment.feeLimit(), loss);
        if (breaker.trip(reason, attempt.id(), clock.instant())) {
            LOG.log(Level.ERROR, "Melting through Lightning is stopped: {0}", reason);
        }
    }

    private static Msat atLeastZero(Msat amount) {
        return amount.isNegative() ? Msat.ZERO : amount;
    }

    /// The payment failed for certain: the inputs are the wallet's again.
    ///
    /// @return false when somebody else has the lease
    boolean release(MeltAttempt attempt) {
        boolean held = attempts.release(attempt, clock.instant());
        steps.reached(Step.MELT_COMMITTED);
        steps.changed(new Changed.MeltEnded(attempt.quoteId(), List.of()));
        return held;
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
}
