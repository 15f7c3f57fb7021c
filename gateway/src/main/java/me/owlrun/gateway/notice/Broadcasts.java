package me.owlrun.gateway.notice;

import me.owlrun.db.DatabaseException;
import me.owlrun.gateway.notice.Broadcast.Severity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The announcements in force, the same for all gateways on the database: read again at most every
/// few seconds, at once where they are changed.
public final class Broadcasts {

    /// Announcements told at once; nodes read messages of at most 30 KB.
    private static final int COUNT_MAX = 20;

    private static final Duration REFRESH_AFTER = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(Broadcasts.class.getName());

    private final BroadcastStore store;
    private final InstantSource clock;
    private final ReentrantLock refreshing = new ReentrantLock();
    private volatile Seen seen = new Seen(List.of(), Instant.MIN);

    /// What was in force at one moment.
    private record Seen(List<Broadcast> broadcasts, Instant readAt) {}

    /// @param store where they are kept
    public Broadcasts(BroadcastStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /// Those in force, the newest first. Costs nothing most of the time, and never fails.
    public List<Broadcast> current() {
        Instant now = clock.instant();
        if (seen.readAt().isBefore(now.minus(REFRESH_AFTER)) && refreshing.tryLock()) {
            try {
                read(now);
            } catch (DatabaseException e) {
                seen = new Seen(seen.broadcasts(), now);
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the broadcasts cannot be read; the last known stay",
                        e);
            } finally {
                refreshing.unlock();
            }
        }
        return seen.broadcasts().stream()
                .filter(each -> each.endsAt().map(now::isBefore).orElse(true))
                .toList();
    }

    private void read(Instant now) {
        seen = new Seen(store.current(now, COUNT_MAX), now);
    }

    /// Adds one; its number.
    ///
    /// @param lasts how long it stays, for ever when empty
    public long add(String title, String message, Severity severity, Optional<Duration> lasts) {
        Instant now = clock.instant();
        long id = store.add(title, message, severity, now, lasts.map(now::plus));
        refresh(now);
        return id;
    }

    /// Ends one; false when there is none of this number in force.
    public boolean end(long id) {
        Instant now = clock.instant();
        boolean ended = store.end(id, now);
        refresh(now);
        return ended;
    }

    private void refresh(Instant now) {
        refreshing.lock();
        try {
            read(now);
        } finally {
            refreshing.unlock();
        }
    }
}
