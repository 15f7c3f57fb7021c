package me.owlrun.http;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/// By when the other end of one connection must have sent what its thread waits for.
final class Deadline {

    private final ReentrantLock lock = new ReentrantLock();
    private final Thread thread = Thread.currentThread();
    private final Duration bodyMax;
    private boolean set;
    private boolean missed;
    private long endNanos;

    /// @param bodyMax time for a body that is read at once
    Deadline(Duration bodyMax) {
        this.bodyMax = bodyMax;
    }

    /// Begins to read a body.
    void setForBody() {
        set(bodyMax);
    }

    void set(Duration time) {
        lock.lock();
        try {
            set = true;
            endNanos = System.nanoTime() + time.toNanos();
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            set = false;
        } finally {
            lock.unlock();
        }
    }

    /// Whether the time was over once; then the connection is lost.
    boolean isMissed() {
        lock.lock();
        try {
            return missed;
        } finally {
            lock.unlock();
        }
    }

    /// Cuts the connection when the time is over.
    void look() {
        lock.lock();
        try {
            if (set && System.nanoTime() - endNanos > 0) {
                set = false;
                missed = true;
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }
}
