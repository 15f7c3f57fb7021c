package me.owlrun.gateway.vault;

import java.util.OptionalLong;

/// What the mint says to an invoice that it shall pay.
public sealed interface MeltOffer {

    /// It would.
    ///
    /// @param quoteId names the offer
    /// @param amount what arrives, in steps of the unit
    /// @param feeReserve the most that Lightning may cost on top
    /// @param expiryEpochSeconds when it can no longer be taken up
    record Offered(String quoteId, long amount, long feeReserve, OptionalLong expiryEpochSeconds)
            implements MeltOffer {}

    /// It will not.
    ///
    /// @param code the mint's number
    record Refused(int code) implements MeltOffer {}

    /// It did not say.
    record Unavailable(String reason) implements MeltOffer {}
}
