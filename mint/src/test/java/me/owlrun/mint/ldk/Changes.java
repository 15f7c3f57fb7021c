package me.owlrun.mint.ldk;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Guards what a node knows and wakes those who wait for it to change.
final class Changes {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /// Reads several things that belong together.
    <T> T read(Supplier<T> reader) {
        lock.lock();
        try {
            return reader.get();
        } finally {
            lock.unlock();
        }
    }

    /// Changes something and wakes all who wait.
    void run(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /// Changes something, wakes all who wait, and tells what came of it.
    <T> T change(Supplier<T> change) {
        lock.lock();
        try {
            return change.get();
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /// Wakes all who wait, for something that changed outside of this guard.
    void wake() {
        run(() -> {});
    }

    /// Waits until it is so.
    ///
    /// @return false when the time was up before
    boolean await(Duration atMost, BooleanSupplier so) {
        lock.lock();
        try {
            long nanos = atMost.toNanos();
            while (!so.getAsBoolean()) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = changed.awaitNanos(nanos);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
