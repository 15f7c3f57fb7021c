package me.owlrun.mint.ldk;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/// The faults that wait for their request.
final class LndFaults {

    private final Deque<Fault> waiting = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();

    /// What goes wrong.
    enum Kind {
        /// Nothing.
        NONE,
        /// The connection ends before the request has any effect.
        DROP,
        /// The connection ends when the request was taken: it has its effect, the answer is lost.
        CUT,
        /// The answer waits for the gate.
        DELAY
    }

    /// One fault.
    ///
    /// @param path how the path of the request begins
    /// @param gate closed until it counts down
    record Fault(String path, Kind kind, CountDownLatch gate) {

        static final Fault NONE = new Fault("", Kind.NONE, new CountDownLatch(0));
    }

    void add(Fault fault) {
        lock.lock();
        try {
            waiting.add(fault);
        } finally {
            lock.unlock();
        }
    }

    /// The fault that this request meets; it meets nobody else.
    Fault take(String path) {
        lock.lock();
        try {
            for (Iterator<Fault> faults = waiting.iterator(); faults.hasNext(); ) {
                Fault fault = faults.next();
                if (path.startsWith(fault.path())) {
                    faults.remove();
                    return fault;
                }
            }
            return Fault.NONE;
        } finally {
            lock.unlock();
        }
    }
}
