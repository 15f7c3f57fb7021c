package me.owlrun.mint.quote;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The thread that looks after payments whose lease ran out: those of a process that died and those
/// that Lightning has not settled yet. Any number of processes may run one.
final class PaymentWatch implements AutoCloseable {

    private static final Logger LOG = System.getLogger(PaymentWatch.class.getName());
    private static final Duration STOP_WAIT_MAX = Duration.ofSeconds(30);

    private final Payments payments;
    private final Duration every;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stop = lock.newCondition();
    private final Thread thread;

    private boolean stopped;

    private PaymentWatch(Payments payments, Duration every) {
        this.payments = payments;
        this.every = every;
        this.thread = Thread.ofVirtual().name("payment-watch").unstarted(this::run);
    }

    /// Starts watching.
    ///
    /// @param every how long to rest when nothing is due
    static PaymentWatch start(Payments payments, Duration every) {
        PaymentWatch watch = new PaymentWatch(payments, every);
        watch.thread.start();
        return watch;
    }

    private void run() {
        while (!restOrStop()) {
            try {
                payments.resumeAll();
            } catch (RuntimeException e) { // the edge of the thread; the lease brings it back
                LOG.log(Level.WARNING, "Payments could not be looked after; they stay pending.", e);
            }
        }
    }

    private boolean restOrStop() {
        lock.lock();
        try {
            long nanos = every.toNanos();
            while (!stopped && nanos > 0) {
                nanos = stop.awaitNanos(nanos);
            }
            return stopped;
        } catch (InterruptedException _) {
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Stops after the payment it is at.
    @Override
    public void close() {
        lock.lock();
        try {
            stopped = true;
            stop.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(STOP_WAIT_MAX);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
