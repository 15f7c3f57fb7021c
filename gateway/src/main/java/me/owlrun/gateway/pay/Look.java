package me.owlrun.gateway.pay;

import me.owlrun.gateway.http.ApiError;

/// What looking at something of a buyer gives.
///
/// @param <T> the thing when it is in order
public sealed interface Look<T> {

    /// In order.
    record Fine<T>(T value) implements Look<T> {}

    /// Not in order, or used up.
    record Wrong<T>(Refusal refusal) implements Look<T> {}

    /// Not in order, with the money untouched.
    static <T> Look<T> wrong(ApiError error) {
        return new Wrong<>(Refusal.of(error));
    }
}
