package me.owlrun.gateway.chat;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;

/// Says what is wrong with a request's body; caught where requests are examined.
final class WrongRequestException extends RuntimeException {

    private final transient ApiError error;

    private WrongRequestException(ApiError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    /// A field that is missing or wrong.
    ///
    /// @param field its name
    /// @param allowed what it may be
    static WrongRequestException field(String field, String allowed) {
        return new WrongRequestException(
                ApiError.of(
                        ErrorCode.INVALID_REQUEST,
                        "'" + field + "' must be " + allowed + ".",
                        field));
    }

    ApiError error() {
        return error;
    }
}
