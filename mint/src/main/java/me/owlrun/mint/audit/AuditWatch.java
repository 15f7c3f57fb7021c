package me.owlrun.mint.audit;

import me.owlrun.db.DatabaseException;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The thread that audits the books by the clock. Of several processes one does it; all of them
/// know the results.
public final class AuditWatch implements AutoCloseable {

    private static final Logger LOG = System.getLogger(AuditWatch.class.getName());
    private static final Duration LOOK_EVERY = Duration.ofSeconds(60);
    private static final Duration STOP_WAIT_MAX = Duration.ofSeconds(30);

    private final AuditStore store;
    private final InstantSource clock;
    private final Duration every;
    private final Duration wholeEvery;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stop = lock.newCondition();
    private final Thread thread;

    private boolean stopped;
    private volatile List<AuditResult> results = List.of();

    private AuditWatch(AuditStore store, InstantSource clock, Duration every, Duration wholeEvery) {
        this.store = store;
        this.clock = clock;
        this.every = every;
        this.wholeEvery = wholeEvery;
        this.thread = Thread.ofVirtual().name("audit").unstarted(this::run);
    }

    /// Starts watching; the first quick audit follows soon.
    ///
    /// @param every between quick audits
    /// @param wholeEvery between audits of everything
    public static AuditWatch start(
            AuditStore store, InstantSource clock, Duration every, Duration wholeEvery) {
        AuditWatch watch = new AuditWatch(store, clock, every, wholeEvery);
        watch.thread.start();
        return watch;
    }

    /// The last quick audit and the last whole one, as far as there were any. The books are wrong
    /// when either found a breach.
    public List<AuditResult> results() {
        return results;
    }

    private void run() {
        while (true) {
            try {
                store.runIfDue(clock.instant(), every, wholeEvery)
                        .filter(result -> !result.clean())
                        .ifPresent(AuditWatch::log);
                results = store.results();
            } catch (DatabaseException e) { // the edge of the thread; the next round may work
                LOG.log(Level.WARNING, "The books could not be audited; it is tried again.", e);
            }
            if (restOrStop()) {
                return;
            }
        }
    }

    private static void log(AuditResult result) {
        LOG.log(
                Level.ERROR,
                "The books are wrong: {0}. Stop minting and melting and find out why;"
                        + " docs/mint.md, section Audit.",
                result.breaches());
    }

    private boolean restOrStop() {
        lock.lock();
        try {
            long nanos = LOOK_EVERY.toNanos();
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

    /// Stops after the audit it is at.
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
