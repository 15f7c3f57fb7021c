package me.owlrun.gateway.vault;

import me.owlrun.cashu.Proof;

import java.util.List;
import java.util.Optional;

/// How a payment at the mint stands.
public sealed interface MeltOutcome {

    /// The invoice is paid and the inputs are spent.
    ///
    /// @param preimageHex the proof of payment, if the mint tells
    /// @param change what came back, for the first blanks in their order
    record Paid(Optional<String> preimageHex, List<Proof> change) implements MeltOutcome {}

    /// It is under way.
    record Pending() implements MeltOutcome {}

    /// The mint does nothing about it now; a request of ours may still be on its way.
    record Unpaid() implements MeltOutcome {}

    /// The mint answered our request with a refusal and does nothing about it now.
    ///
    /// @param code its number
    record Refused(int code) implements MeltOutcome {}

    /// The mint was not reached.
    record NotReached() implements MeltOutcome {}

    /// Nobody can tell.
    ///
    /// @param reason what was seen
    record Unclear(String reason) implements MeltOutcome {}
}
