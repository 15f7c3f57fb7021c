package me.owlrun.gateway.admin;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;

/// Leaves a use case of the operator with an error; caught where requests are answered.
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ApiError error;

    private RefusedException(ApiError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    static RefusedException wrong(String field, String message) {
        return new RefusedException(ApiError.of(ErrorCode.INVALID_REQUEST, message, field));
    }

    static RefusedException notFound(String message) {
        return new RefusedException(ApiError.of(ErrorCode.NOT_FOUND, message));
    }

    ApiError error() {
        return error;
    }
}
