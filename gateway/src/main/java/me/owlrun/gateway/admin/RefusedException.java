package me.owlrun.gateway.admin;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;

/// Leaves a use case of the operator with an error; caught where requests are answered.
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ApiError error;

    private RefusedException(ApiError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    /// A field of the request is wrong.
    public static RefusedException wrong(String field, String message) {
        return new RefusedException(ApiError.of(ErrorCode.INVALID_REQUEST, message, field));
    }

    /// There is nothing of that name.
    public static RefusedException notFound(String message) {
        return new RefusedException(ApiError.of(ErrorCode.NOT_FOUND, message));
    }

    ApiError error() {
        return error;
    }
}
