package me.owlrun.mint.http;

import me.owlrun.mint.outcome.ErrorCode;

import java.util.Optional;

/// What is known of the request that the current thread serves.
public final class RequestScope {

    private static final ScopedValue<RequestScope> CURRENT = ScopedValue.newInstance();

    private final String client;
    private int errorCode;

    private RequestScope(String client) {
        this.client = client;
    }

    /// Serves a request in a scope of its own.
    ///
    /// @return the number of the error code it was refused with, or 0
    static int run(String client, Runnable request) {
        RequestScope scope = new RequestScope(client);
        ScopedValue.where(CURRENT, scope).run(request);
        return scope.errorCode;
    }

    /// The client's address as limits count it; empty outside of a request.
    public static Optional<String> client() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get().client) : Optional.empty();
    }

    static void refused(ErrorCode code) {
        if (CURRENT.isBound()) {
            CURRENT.get().errorCode = code.number();
        }
    }
}
