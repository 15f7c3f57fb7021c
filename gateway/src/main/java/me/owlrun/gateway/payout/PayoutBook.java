package me.owlrun.gateway.payout;

import me.owlrun.cashu.Proof;
import me.owlrun.gateway.vault.MintOperation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What payouts need of their store. A change is made only to the version that was read; whoever
/// comes second gets nothing and leaves the payout alone.
interface PayoutBook {

    /// Writes a payout down and holds its money.
    Began begin(PayoutRequest request);

    /// Open payouts that are due to be looked at, kept from others for a while.
    List<Payout> claimOpen(int countMax, Duration keepFor);

    /// The operation of a payout.
    MintOperation operation(UUID id);

    /// Records that the mint is asked to pay once more.
    Optional<Payout> sendingAgain(Payout payout);

    /// Records that nothing new is known.
    Optional<Payout> later(Payout payout, Payout.State next, String evidence, Duration wait);

    /// Writes down the swap that takes the coins back.
    Optional<Payout> recalling(Payout payout, MintOperation recall, Failure failure);

    /// Records that the coins cannot be taken back.
    Optional<Payout> notRecalled(Payout payout, int code);

    /// Books the payout.
    Optional<Payout> paid(Payout payout, PayoutEvent.Arrived arrived);

    /// Gives the held money back after a swap that did not happen.
    Optional<Payout> declined(Payout payout, Failure failure, int code);

    /// Gives the held money back after the coins came back.
    Optional<Payout> recalled(Payout payout, List<Proof> proofs);
}
