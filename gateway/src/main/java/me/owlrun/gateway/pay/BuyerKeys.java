package me.owlrun.gateway.pay;

import me.owlrun.gateway.http.ApiError;

import java.util.Optional;

/// Knows buyers' keys; whoever keeps accounts implements it.
public interface BuyerKeys {

    /// What a bearer text is.
    sealed interface Found {

        /// A key that may pay.
        ///
        /// @param accountId whose it is
        /// @param keySha256Hex its row in `api_key`
        record Key(long accountId, String keySha256Hex) implements Found {}

        /// It has the form of a key and does not pay: unknown, revoked, a provider's, or its
        /// account is paused.
        ///
        /// @param error what the buyer is told
        record Closed(ApiError error) implements Found {}
    }

    /// Looks a bearer text up; empty when it does not have the form of a key.
    Optional<Found> find(String bearer);
}
