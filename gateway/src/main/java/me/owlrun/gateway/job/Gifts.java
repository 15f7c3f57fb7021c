package me.owlrun.gateway.job;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The jobs that one node gives away at the moment. They take no place of those who pay: when there
/// are more jobs than the node has room for, the youngest of them has to go.
final class Gifts {

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Gift> given = new ArrayDeque<>();

    /// A job that is given away.
    final class Gift {

        private final long sinceNanos = System.nanoTime();
        private boolean leaving;
        private Optional<Job> carried = Optional.empty();

        private Gift() {}

        void carries(Job job) {
            lock.lock();
            try {
                carried = Optional.of(job);
                tellIfLeaving();
            } finally {
                lock.unlock();
            }
        }

        /// It is over.
        ///
        /// @return how long it had its place
        Duration end() {
            lock.lock();
            try {
                var _ = given.remove(this);
                return Duration.ofNanos(System.nanoTime() - sinceNanos);
            } finally {
                lock.unlock();
            }
        }

        private void evict() {
            leaving = true;
            tellIfLeaving();
        }

        private void tellIfLeaving() {
            if (leaving) {
                carried.ifPresent(job -> job.putUrgently(new JobEvent.Evicted()));
            }
        }
    }

    int count() {
        lock.lock();
        try {
            return given.size();
        } finally {
            lock.unlock();
        }
    }

    Gift add() {
        lock.lock();
        try {
            Gift gift = new Gift();
            given.add(gift);
            return gift;
        } finally {
            lock.unlock();
        }
    }

    /// Sends the youngest away when there are more than room.
    ///
    /// @param room places that nobody pays for
    void fit(int room) {
        lock.lock();
        try {
            long leaving = given.stream().filter(gift -> gift.leaving).count();
            if (given.size() - leaving > room) {
                given.reversed().stream()
                        .filter(gift -> !gift.leaving)
                        .findFirst()
                        .ifPresent(Gift::evict);
            }
        } finally {
            lock.unlock();
        }
    }
}
