package me.owlrun.gateway.vault;

import me.owlrun.cashu.BlindSignature;

import java.util.List;

/// How a swap into a buyer's blanks ended, or that it has not.
public sealed interface BlankResult {

    /// The mint signed.
    ///
    /// @param signatures one for each blank, in order
    record Signed(List<BlindSignature> signatures) implements BlankResult {}

    /// The mint does not sign these blanks, and our proofs are unspent.
    ///
    /// @param code the mint's number
    record Refused(int code) implements BlankResult {}

    /// Nobody knows yet; the swap has to be run again.
    ///
    /// @param reason what was seen, for the log
    record Open(String reason) implements BlankResult {}
}
