package me.owlrun.gateway.pay;

import me.owlrun.gateway.instance.Instance;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.vault.InputFees;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.OperationResult;
import me.owlrun.gateway.vault.Operations;

import java.time.Duration;
import java.util.List;

/// Finishes payments that nobody works on any more: those of a gateway that is gone, and our own
/// whose mint did not answer.
///
/// - *Intent*: the claim is run again, which is safe (see [Operations]). Claimed now: refunded in
///   full. Refused: nothing was taken. Still unknown: looked at again later.
/// - *Claimed*: refunded in full. What the buyer has seen of the answer is unknown, and failed
///   inference is never charged.
/// - *Settled, refunded, refused*: nothing to do, but for change on its way into blanks: its swap
///   is run again.
///
/// A payment counts as left behind when no thread of its owner is at work on it *and* it is still
/// as it was seen after that was known: it may have been closed in between.
///
/// Owners are boots of gateways with a lease in the database, so that several gateways can do this
/// at once: a payment is adopted by one conditional update.
final class Recovery implements Runnable {

    private static final System.Logger LOG = System.getLogger(Recovery.class.getName());

    private static final int BATCH_MAX = 100;
    private static final Duration BETWEEN_SWEEPS = Duration.ofSeconds(3);
    private static final Duration REST_AFTER_UNKNOWN = Duration.ofSeconds(5);

    private final PaymentStore payments;
    private final Operations runner;
    private final Cashier cashier;
    private final ChangeDesk changes;
    private final InputFees fees;
    private final ChargeDesk charges;
    private final Instance instance;
    private final StopSignal stop;

    Recovery(
            PaymentStore payments,
            Operations runner,
            Cashier cashier,
            ChangeDesk changes,
            InputFees fees,
            ChargeDesk charges,
            Instance instance,
            StopSignal stop) {
        this.payments = payments;
        this.runner = runner;
        this.cashier = cashier;
        this.changes = changes;
        this.fees = fees;
        this.charges = charges;
        this.instance = instance;
        this.stop = stop;
    }

    /// Sweeps until the gateway stops.
    @Override
    public void run() {
        while (!stop.isStoppingWithin(BETWEEN_SWEEPS)) {
            try {
                sweep();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "recovery failed; it goes on", e);
            }
        }
    }

    /// Finishes everything that can be finished now.
    public void sweep() {
        List<Payment> open;
        do {
            open =
                    payments.openAndAbandoned(instance.bootId(), cashier.live(), BATCH_MAX).stream()
                            .filter(payment -> !cashier.isLive(payment.id()))
                            .toList();
            open.forEach(this::finish);
        } while (open.size() == BATCH_MAX);
        changes.sweep(instance.bootId(), cashier.live());
        charges.sweep();
    }

    private void finish(Payment found) {
        if (!payments.adopt(found, instance.bootId())) {
            return;
        }
        Payment payment = found.ownedBy(instance.bootId());
        try {
            switch (payment.state()) {
                case Payment.State.Intent() -> finishIntent(payment);
                case Payment.State.Claimed() -> refund(payment);
                case Payment.State.Closed _ -> {}
            }
        } catch (PaymentLostException e) {
            LOG.log(System.Logger.Level.INFO, e.getMessage());
        } catch (IllegalStateException e) { // one that cannot be closed must not keep the others
            LOG.log(System.Logger.Level.ERROR, "payment " + payment.id() + " was not finished", e);
            payments.postpone(payment, REST_AFTER_UNKNOWN);
        }
    }

    private void finishIntent(Payment payment) {
        MintOperation claim = payments.claimOf(payment);
        switch (runner.runAgain(claim)) {
            case OperationResult.Done(var proofs) -> {
                payments.claimed(payment, claim, proofs);
                refund(payment);
            }
            case OperationResult.Refused(int code) -> {
                payments.refused(payment, claim, code);
                LOG.log(
                        System.Logger.Level.INFO,
                        "payment {0}: the mint had refused it (code {1})",
                        payment.id(),
                        code);
            }
            case OperationResult.NotSent() -> payments.postpone(payment, REST_AFTER_UNKNOWN);
            case OperationResult.Pending(String reason) -> {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "payment {0}: still unknown at the mint ({1})",
                        payment.id(),
                        reason);
                payments.postpone(payment, REST_AFTER_UNKNOWN);
            }
        }
    }

    private void refund(Payment payment) {
        if (payment.blanks().isPresent() && !fees.areKnown()) {
            payments.postpone(payment, REST_AFTER_UNKNOWN); // else the blanks would stay empty
            return;
        }
        Receipt receipt = payments.refund(payment).receipt();
        LOG.log(
                System.Logger.Level.INFO,
                "payment {0}: refunded {1} that was left behind",
                payment.id(),
                receipt.change().map(Change::change).orElseThrow());
    }
}
