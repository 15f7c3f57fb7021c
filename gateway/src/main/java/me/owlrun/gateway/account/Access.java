package me.owlrun.gateway.account;

import me.owlrun.gateway.http.ApiError;

/// Whether a request may see or change an account.
public sealed interface Access {

    /// It may.
    ///
    /// @param caller who asks
    record Granted(Caller caller) implements Access {}

    /// It may not.
    ///
    /// @param error what is answered
    record Denied(ApiError error) implements Access {}
}
