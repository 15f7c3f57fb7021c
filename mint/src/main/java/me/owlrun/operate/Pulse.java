package me.owlrun.operate;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Asks something for a sign of life at intervals on a thread of its own, so that nobody who wants
/// to know how it is has to wait for it.
///
/// @param <T> what it says
public final class Pulse<T> implements AutoCloseable {

    private static final Duration STOP_WAIT_MAX = Duration.ofSeconds(2);

    private final Supplier<T> heart;
    private final Duration every;
    private final Duration silenceMax;
    private final Thread thread;

    private volatile Optional<T> last = Optional.empty();
    private volatile long heardNanos = System.nanoTime();
    private volatile boolean failed;
    private volatile boolean closed;

    private Pulse(String name, Supplier<T> heart, Duration every, Duration silenceMax) {
        this.heart = heart;
        this.every = every;
        this.silenceMax = silenceMax;
        this.thread = Thread.ofVirtual().name("pulse-" + name).unstarted(this::listen);
    }

    /// Starts asking.
    ///
    /// @param silenceMax how long an answer may take before it counts as none
    public static <T> Pulse<T> start(
            String name, Supplier<T> heart, Duration every, Duration silenceMax) {
        Pulse<T> pulse = new Pulse<>(name, heart, every, silenceMax);
        pulse.thread.start();
        return pulse;
    }

    private void listen() {
        while (!closed) {
            try {
                last = Optional.of(heart.get());
                heardNanos = System.nanoTime();
                failed = false;
            } catch (RuntimeException e) { // the edge of the thread; isAlive() tells
                failed = true;
            }
            LockSupport.parkNanos(every.toNanos());
        }
    }

    /// Whether it answered lately, or was not asked for long enough to tell.
    public boolean isAlive() {
        return !failed && System.nanoTime() - heardNanos < silenceMax.toNanos();
    }

    /// The last answer.
    public Optional<T> last() {
        return last;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(STOP_WAIT_MAX);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
