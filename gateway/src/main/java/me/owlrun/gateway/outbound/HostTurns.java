package me.owlrun.gateway.outbound;

import me.owlrun.gateway.outbound.Fetched.Fault;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Lets few requests at a time go to one host. Thread-safe.
final class HostTurns {

    private static final int AT_ONCE_MAX = 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Map<String, Integer> running = new HashMap<>();

    /// Waits for a turn, which has to be ended.
    void begin(String host, Deadline deadline) throws FetchException {
        lock.lock();
        try {
            while (running.getOrDefault(host, 0) >= AT_ONCE_MAX) {
                if (!ended.await(deadline.leftNanos(), TimeUnit.NANOSECONDS) && deadline.isOver()) {
                    throw new FetchException(Fault.TIMEOUT, "too many requests to one host");
                }
            }
            running.merge(host, 1, Integer::sum);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FetchException(Fault.TIMEOUT, "interrupted");
        } finally {
            lock.unlock();
        }
    }

    void end(String host) {
        lock.lock();
        try {
            running.computeIfPresent(host, (name, count) -> count == 1 ? null : count - 1);
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
