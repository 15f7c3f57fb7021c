package me.owlrun.gateway.standing;

import me.owlrun.db.DatabaseException;
import me.owlrun.gateway.instance.StopSignal;
import me.owlrun.gateway.job.NodePool;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Counts the time that nodes are online, and writes what they earned, until the gateway stops.
public final class StandingKeeper implements Runnable {

    private static final System.Logger LOG = System.getLogger(StandingKeeper.class.getName());
    private static final Duration DELETE_EVERY = Duration.ofHours(6);

    private final StandingBook book;
    private final NodePool pool;
    private final Duration writeEvery;
    private final Duration onlineEvery;
    private final StopSignal stop;
    private final LongSupplier nanoTime;
    private long onlineNanos;
    private long deletedNanos;

    /// @param writeEvery how often what happened is written
    /// @param onlineEvery how often time online is counted
    public StandingKeeper(
            StandingBook book,
            NodePool pool,
            Duration writeEvery,
            Duration onlineEvery,
            StopSignal stop) {
        this(book, pool, writeEvery, onlineEvery, stop, System::nanoTime);
    }

    private StandingKeeper(
            StandingBook book,
            NodePool pool,
            Duration writeEvery,
            Duration onlineEvery,
            StopSignal stop,
            LongSupplier nanoTime) {
        this.book = book;
        this.pool = pool;
        this.writeEvery = writeEvery;
        this.onlineEvery = onlineEvery;
        this.stop = stop;
        this.nanoTime = nanoTime;
        this.onlineNanos = nanoTime.getAsLong();
        this.deletedNanos = onlineNanos;
    }

    @Override
    public void run() {
        while (!stop.isStoppingWithin(writeEvery)) {
            round();
        }
        round();
    }

    /// A machine that was suspended was not online meanwhile: no more than the usual time counts.
    private void round() {
        try {
            long now = nanoTime.getAsLong();
            if (now - onlineNanos >= onlineEvery.toNanos()) {
                onlineNanos = now;
                pool.passed(onlineEvery);
            }
            book.write();
            book.forget(node -> pool.find(node).isPresent());
            if (now - deletedNanos >= DELETE_EVERY.toNanos()) {
                deletedNanos = now;
                book.deleteOld();
            }
        } catch (DatabaseException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "what nodes earned could not be written; it is kept and written later",
                    e);
        }
    }
}
