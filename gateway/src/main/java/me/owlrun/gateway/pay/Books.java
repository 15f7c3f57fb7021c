package me.owlrun.gateway.pay;

import me.owlrun.cashu.Proof;
import me.owlrun.gateway.vault.BlankSwap;
import me.owlrun.gateway.vault.MintOperation;

import java.util.List;
import java.util.Optional;

/// One step of a payment in the books, as it waits for the commit it shares with others.
sealed interface Books {

    /// The payment it moves.
    Payment payment();

    /// The mint has signed: the proofs are ours.
    record Claimed(Payment payment, MintOperation claim, List<Proof> proofs) implements Books {}

    /// The job is over: paid for, or everything goes back when no service is named.
    record Closing(Payment payment, Optional<Service> service) implements Books {}

    /// What came of a step.
    ///
    /// @param done false when another gateway has moved the payment
    /// @param receipt of a closing
    /// @param swaps of a closing: the change on its way into blanks
    record Booked(boolean done, Optional<Receipt> receipt, List<BlankSwap> swaps) {

        /// Another gateway was there before.
        static final Booked LOST = new Booked(false, Optional.empty(), List.of());
    }
}
