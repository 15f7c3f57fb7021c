package me.owlrun.gateway.pay;

import me.owlrun.db.DatabaseException;
import me.owlrun.gateway.vault.BlankResult;
import me.owlrun.gateway.vault.BlankSwap;
import me.owlrun.gateway.vault.BlankSwaps;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Brings change into blanks of buyers' wallets, after the payment is closed and its swaps are
/// written down. What cannot be done now is done later, by this gateway or another: the mint
/// answers the same swap for ever, and the first to record its end wins. Thread-safe.
final class ChangeDesk {

    private static final System.Logger LOG = System.getLogger(ChangeDesk.class.getName());

    private static final int BATCH_MAX = 100;
    private static final Duration REST = Duration.ofSeconds(2);

    /// Swaps in a row without an end after which a mint is left alone for a round.
    private static final int FAILURES_MAX = 3;

    private final ChangeStore store;
    private final PaymentStore payments;
    private final BlankSwaps mint;
    private final PaySteps steps;

    ChangeDesk(ChangeStore store, PaymentStore payments, BlankSwaps mint, PaySteps steps) {
        this.store = store;
        this.payments = payments;
        this.mint = mint;
        this.steps = steps;
    }

    /// Runs the swaps of a payment that was just closed.
    ///
    /// @return what is stored now; the change in it is pending when the mint does not answer
    Receipt deliver(PaymentStore.Closed closed) {
        Receipt receipt = closed.receipt();
        try {
            boolean ended = false;
            for (BlankSwap swap : closed.swaps()) {
                ended |= run(swap);
            }
            return ended
                    ? new Receipt(
                            receipt.cost(),
                            receipt.bill(),
                            Optional.of(payments.changeOf(closed.paymentId())))
                    : receipt;
        } catch (DatabaseException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "payment " + closed.paymentId() + ": its change is looked at again later",
                    e);
            return receipt;
        }
    }

    /// Runs the swaps that nobody works on.
    ///
    /// @param live payments that somebody here is at work on
    void sweep(String ownBoot, List<String> live) {
        List<BlankSwap> open;
        int failures = 0;
        do {
            open = store.open(ownBoot, live, BATCH_MAX);
            for (BlankSwap swap : open) {
                failures = run(swap) ? 0 : failures + 1;
                if (failures == FAILURES_MAX) {
                    return; // the mint is away, or wants a rest: the next round goes on
                }
            }
        } while (open.size() == BATCH_MAX);
    }

    /// Runs one swap; whether it has ended.
    private boolean run(BlankSwap swap) {
        return switch (mint.run(swap)) {
            case BlankResult.Signed(var signatures) -> {
                steps.reached(PayStep.CHANGE_SIGNED);
                var _ = store.signed(swap, signatures);
                steps.reached(PayStep.CHANGE_STORED);
                yield true;
            }
            case BlankResult.Refused(int code) -> {
                LOG.log(
                        System.Logger.Level.INFO,
                        "payment {0}: the mint does not sign its blanks (code {1}); its change"
                                + " is a token",
                        swap.paymentId(),
                        code);
                var _ = store.refused(swap, code);
                yield true;
            }
            case BlankResult.Open(String reason) -> {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "payment {0}: its change waits for the mint ({1})",
                        swap.paymentId(),
                        reason);
                store.postpone(swap, REST);
                yield false;
            }
        };
    }
}
