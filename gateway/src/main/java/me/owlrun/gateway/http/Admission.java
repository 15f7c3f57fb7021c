package me.owlrun.gateway.http;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Decides before a request is read whether it is served at all.
@FunctionalInterface
public interface Admission {

    /// Whether this request is served now.
    Verdict admit(Visit visit);

    /// The decision.
    ///
    /// @param client the client's address as limits count it
    /// @param headers of the answer, refused or not
    /// @param refusal why it is not served
    record Verdict(String client, Map<String, String> headers, Optional<Refusal> refusal) {}

    /// Why a request is not served.
    ///
    /// @param error the answer
    /// @param retryAfter when to come back
    record Refusal(ApiError error, Duration retryAfter) {}
}
