package me.owlrun.mint.lightning.node;

import me.owlrun.mint.lightning.LightningException;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A thread that listens to a node for ever: round after round, with longer and longer rests while
/// the node does not answer.
public final class Watch implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Watch.class.getName());
    private static final Duration REST_MIN = Duration.ofMillis(200);
    private static final Duration REST_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_WAIT_MAX = Duration.ofSeconds(10);

    private final Runnable round;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stop = lock.newCondition();
    private final Thread thread;

    private boolean stopped;

    private Watch(String name, Runnable round) {
        this.round = round;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    /// Starts the thread.
    ///
    /// @param round listens until the connection ends, then returns or throws a
    ///   [LightningException]
    public static Watch start(String name, Runnable round) {
        Watch watch = new Watch(name, round);
        watch.thread.start();
        return watch;
    }

    private void run() {
        Duration rest = Duration.ZERO;
        while (!restOrStop(rest)) {
            try {
                round.run();
                rest = REST_MIN;
            } catch (LightningException e) {
                Duration twice = rest.multipliedBy(2);
                rest = twice.compareTo(REST_MIN) < 0 ? REST_MIN : twice;
                rest = rest.compareTo(REST_MAX) < 0 ? rest : REST_MAX;
                LOG.log(Level.DEBUG, "{0}: {1}", thread.getName(), e.getMessage());
            } catch (RuntimeException e) { // the edge of the thread; look-ups find what is missed
                rest = REST_MAX;
                LOG.log(Level.WARNING, "Listening to the node failed; look-ups go on.", e);
            }
        }
    }

    private boolean restOrStop(Duration rest) {
        lock.lock();
        try {
            long nanos = rest.toNanos();
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

    /// Stops after the round it is at; close the connection first so that this is soon.
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
            if (!thread.join(STOP_WAIT_MAX)) {
                LOG.log(Level.WARNING, "{0} does not end.", thread.getName());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
