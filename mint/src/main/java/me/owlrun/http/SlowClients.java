package me.owlrun.http;

import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// Cuts connections whose other end sends too slowly. Helidon has no deadline of its own for
/// reading; an interrupt closes the socket that a thread waits for, so one thread per listener
/// looks at the clock and interrupts.
///
/// The first line of a new connection has a deadline here, and so have the headers behind each
/// first line; a body that is read at once has one in [HttpBody]. From one request to the first
/// line of the next the listener's limit of idle time holds.
final class SlowClients implements Http1ConnectionListener, AutoCloseable {

    private static final ScopedValue<Deadline> CURRENT = ScopedValue.newInstance();
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration FIRST_LINE_MAX = Duration.ofSeconds(30);

    private final Patience patience;
    private final Set<Deadline> deadlines = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean closed;

    SlowClients(Patience patience) {
        this.patience = patience;
        this.thread = Thread.ofVirtual().name("slow-clients").start(this::look);
    }

    /// Serves one connection until it is over.
    @FunctionalInterface
    interface Serving {
        /// Returns when the connection is over.
        void run() throws InterruptedException;
    }

    /// Serves a connection under watch, on the thread that calls.
    void watch(Serving connection) throws InterruptedException {
        Deadline deadline = new Deadline(patience.bodyMax());
        deadline.set(FIRST_LINE_MAX);
        deadlines.add(deadline);
        try {
            boolean served =
                    ScopedValue.where(CURRENT, deadline)
                            .call(() -> {
                                connection.run();
                                return true;
                            });
            assert served;
        } finally {
            deadlines.remove(deadline);
            deadline.clear();
        }
    }

    @Override
    public void prologue(ConnectionContext connection, HttpPrologue prologue) {
        current().ifPresent(deadline -> deadline.set(patience.headersMax()));
    }

    @Override
    public void headers(ConnectionContext connection, Headers headers) {
        current().ifPresent(Deadline::clear);
    }

    /// The deadline of the connection that the current thread serves.
    static Optional<Deadline> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    private void look() {
        while (!closed) {
            deadlines.forEach(Deadline::look);
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
