package me.owlrun.gateway.pay;

import me.owlrun.gateway.http.ApiError;

import java.time.Duration;
import java.util.Optional;

/// Why a means of payment is not taken.
///
/// @param error what the buyer is told
/// @param change the outcome of an earlier request that it paid for, if it has one
/// @param mayRetry whether clients may repeat the request by themselves
/// @param retryAfter when to come back, if anybody knows
public record Refusal(
        ApiError error, Optional<Change> change, boolean mayRetry, Optional<Duration> retryAfter) {

    /// The same without a word of when to come back.
    Refusal(ApiError error, Optional<Change> change, boolean mayRetry) {
        this(error, change, mayRetry, Optional.empty());
    }

    /// A refusal that is over after some time.
    public static Refusal until(ApiError error, Duration retryAfter) {
        return new Refusal(error, Optional.empty(), true, Optional.of(retryAfter));
    }

    /// A refusal that leaves the money untouched.
    public static Refusal of(ApiError error) {
        return new Refusal(error, Optional.empty(), true);
    }

    /// A refusal after which clients must not send the same again by themselves.
    public static Refusal forGood(ApiError error) {
        return new Refusal(error, Optional.empty(), false);
    }
}
