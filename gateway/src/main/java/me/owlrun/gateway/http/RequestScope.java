package me.owlrun.gateway.http;

import java.util.Optional;
import java.util.OptionalLong;

/// What is known of the request that the current thread serves, for logs and figures. Everything
/// may be called outside of a request as well, and does nothing there. Holds nothing secret.
public final class RequestScope {

    private static final ScopedValue<RequestScope> CURRENT = ScopedValue.newInstance();

    private final String requestId;
    private final String path;
    private final boolean head;
    private final Route route;
    private final String client;
    private final long startNanos = System.nanoTime();
    private volatile Optional<String> jobId = Optional.empty();
    private volatile Optional<ErrorCode> error = Optional.empty();
    private volatile Optional<String> outcome = Optional.empty();
    private volatile long offeredNanos;
    private volatile long heardNanos;
    private volatile long toldNanos;

    RequestScope(String requestId, String path, boolean head, Route route, String client) {
        this.requestId = requestId;
        this.path = path;
        this.head = head;
        this.route = route;
        this.client = client;
    }

    void run(Runnable request) {
        ScopedValue.where(CURRENT, this).run(request);
    }

    /// The request that the current thread serves.
    public static Optional<RequestScope> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /// The client's address as limits count it; empty outside of a request.
    public static Optional<String> client() {
        return current().map(scope -> scope.client);
    }

    /// The path that was asked for; empty outside of a request.
    static String path() {
        return current().map(scope -> scope.path).orElse("");
    }

    /// Whether only the headers of the answer are wanted.
    static boolean isHead() {
        return current().map(scope -> scope.head).orElse(false);
    }

    /// A job was offered to a node.
    public static void offered(String jobId) {
        current()
                .ifPresent(scope -> {
                    scope.jobId = Optional.of(jobId);
                    if (scope.offeredNanos == 0) {
                        scope.offeredNanos = System.nanoTime();
                    }
                });
    }

    /// The node sent its first piece.
    public static void heard() {
        current()
                .filter(scope -> scope.heardNanos == 0)
                .ifPresent(scope -> scope.heardNanos = System.nanoTime());
    }

    /// The buyer was sent its first piece.
    public static void told() {
        current()
                .filter(scope -> scope.toldNanos == 0)
                .ifPresent(scope -> scope.toldNanos = System.nanoTime());
    }

    /// How the job ended, as one of few words: `answered`, `failed`, `buyer_gone`.
    public static void ended(String outcome) {
        current().ifPresent(scope -> scope.outcome = Optional.of(outcome));
    }

    /// The request was answered with an error.
    static void refused(ErrorCode error) {
        current().ifPresent(scope -> scope.error = Optional.of(error));
    }

    /// The name of the request, as the answer's `x-request-id` tells it.
    public String requestId() {
        return requestId;
    }

    /// What the request is about.
    public Route route() {
        return route;
    }

    /// The last job that was offered for it.
    public Optional<String> jobId() {
        return jobId;
    }

    /// The error it was answered with.
    public Optional<ErrorCode> error() {
        return error;
    }

    /// How its job ended.
    public Optional<String> outcome() {
        return outcome;
    }

    /// How long it is under way.
    public long ageNanos() {
        return System.nanoTime() - startNanos;
    }

    /// From its head to the first piece of the answer.
    public OptionalLong firstPieceNanos() {
        return toldNanos == 0 ? OptionalLong.empty() : OptionalLong.of(toldNanos - startNanos);
    }

    /// The gateway's part of that: what passed before the offer and after the node's first piece.
    public OptionalLong addedNanos() {
        if (toldNanos == 0 || offeredNanos == 0 || heardNanos < offeredNanos) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(offeredNanos - startNanos + Math.max(0, toldNanos - heardNanos));
    }
}
