package me.owlrun.gateway.payout;

import me.owlrun.cashu.Proof;

import java.util.List;
import java.util.Optional;

/// What can happen to a payout.
sealed interface PayoutEvent {

    /// It arrived.
    ///
    /// @param preimageHex the proof of payment, if there is one
    /// @param proofs what the mint signed: change of a payment, or all outputs of a swap
    record Arrived(Optional<String> preimageHex, List<Proof> proofs) implements PayoutEvent {}

    /// The mint refused a swap for good, or was never reached.
    ///
    /// @param code the mint's number, 0 when it was not reached
    record Declined(Failure failure, int code) implements PayoutEvent {}

    /// The mint answered our request to pay with a refusal, and does nothing about it now.
    ///
    /// @param code its number
    record Refused(Failure failure, int code) implements PayoutEvent {}

    /// The mint does nothing about it now, and our request to pay has no answer: it may be lost,
    /// and it may still arrive.
    record NotSeen(boolean mayBeSentAgain) implements PayoutEvent {}

    /// It is under way, or nobody can tell.
    record Unclear(String evidence) implements PayoutEvent {}

    /// Its coins were swapped into new ones, so that it cannot happen any more.
    record Recalled(List<Proof> proofs) implements PayoutEvent {}

    /// Its coins cannot be swapped: it is happening after all.
    record InputsGone(int code) implements PayoutEvent {}
}
