package me.owlrun.operate;

import me.owlrun.db.DatabaseException;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// What is paused, the same for all processes on the database: read again at most every two
/// seconds, at once where it is changed. What was known stays in force while the database is away.
///
/// @param <W> what can be paused
public final class Pauses<W extends Enum<W>> {

    private static final Logger LOG = System.getLogger(Pauses.class.getName());
    private static final Duration REFRESH_AFTER = Duration.ofSeconds(2);

    private final PauseStore<W> store;
    private final InstantSource clock;
    private final ReentrantLock refreshing = new ReentrantLock();

    private volatile Snapshot<W> snapshot;

    /// A pause in force.
    ///
    /// @param reason what the operator said
    /// @param since when it began
    public record Pause(String reason, Instant since) {}

    /// What was paused at one moment.
    private record Snapshot<W>(Map<W, Pause> pauses, Instant readAt) {}

    /// Reads what is paused.
    public Pauses(PauseStore<W> store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.snapshot = new Snapshot<>(store.all(), clock.instant());
    }

    /// Whether something is paused.
    public boolean isPaused(W what) {
        return all().containsKey(what);
    }

    /// Everything that is paused.
    public Map<W, Pause> all() {
        boolean old = snapshot.readAt().plus(REFRESH_AFTER).isBefore(clock.instant());
        if (old && refreshing.tryLock()) {
            try {
                snapshot = new Snapshot<>(store.all(), clock.instant());
            } catch (DatabaseException e) {
                snapshot = new Snapshot<>(snapshot.pauses(), clock.instant());
                LOG.log(Level.WARNING, "The pauses cannot be read; the last known stay.", e);
            } finally {
                refreshing.unlock();
            }
        }
        return snapshot.pauses();
    }

    /// Pauses something; the other processes follow within seconds.
    public void pause(W what, String reason) {
        change(() -> store.pause(what, reason, clock.instant()));
    }

    /// Ends a pause, if there is one.
    public void resume(W what) {
        change(() -> store.resume(what));
    }

    private void change(Runnable change) {
        refreshing.lock();
        try {
            change.run();
            snapshot = new Snapshot<>(store.all(), clock.instant());
        } finally {
            refreshing.unlock();
        }
    }
}
