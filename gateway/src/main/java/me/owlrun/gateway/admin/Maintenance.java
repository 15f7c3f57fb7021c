package me.owlrun.gateway.admin;

import me.owlrun.db.DatabaseException;
import me.owlrun.gateway.job.NodeIdentity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/// The nodes that get no jobs because the operator says so, the same for all gateways on the
/// database: read again at most every two seconds, at once where it is changed.
public final class Maintenance {

    private static final System.Logger LOG = System.getLogger(Maintenance.class.getName());
    private static final Duration REFRESH_AFTER = Duration.ofSeconds(2);

    private final MaintenanceStore store;
    private final InstantSource clock;
    private final ReentrantLock refreshing = new ReentrantLock();
    private final BiConsumer<NodeIdentity, String> teller;
    private volatile Seen seen;

    /// Why a node rests.
    ///
    /// @param reason what the operator said
    /// @param since when it began
    public record Rest(String reason, Instant since) {}

    /// What was so at one moment.
    private record Seen(Map<NodeIdentity, Rest> resting, Instant readAt) {}

    /// Reads which nodes rest.
    ///
    /// @param teller tells a node the reason, or the empty text when it gets jobs again
    public Maintenance(
            MaintenanceStore store, InstantSource clock, BiConsumer<NodeIdentity, String> teller) {
        this.store = store;
        this.teller = teller;
        this.clock = clock;
        this.seen = new Seen(store.all(), clock.instant());
    }

    /// Whether a node gets no jobs.
    public boolean isResting(NodeIdentity node) {
        return all().containsKey(node);
    }

    /// All nodes that get no jobs.
    public Map<NodeIdentity, Rest> all() {
        Instant now = clock.instant();
        if (seen.readAt().plus(REFRESH_AFTER).isBefore(now) && refreshing.tryLock()) {
            try {
                seen = new Seen(store.all(), now);
            } catch (DatabaseException e) {
                seen = new Seen(seen.resting(), now);
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the nodes in maintenance cannot be read; the last known stay",
                        e);
            } finally {
                refreshing.unlock();
            }
        }
        return seen.resting();
    }

    /// Gives a node no more jobs unless it gets none already.
    ///
    /// @param reason what it is told
    public void begin(NodeIdentity node, String reason) {
        if (!store.all().containsKey(node)) {
            set(node, true, reason);
        }
    }

    /// Lets a node have jobs again if it rests for a reason of this kind.
    ///
    /// @param prefix what the reason begins with
    public void end(NodeIdentity node, String prefix) {
        Rest rest = store.all().get(node);
        if (rest != null && rest.reason().startsWith(prefix)) {
            set(node, false, "");
        }
    }

    /// Gives a node no more jobs, or lets it have some again.
    void set(NodeIdentity node, boolean resting, String reason) {
        refreshing.lock();
        try {
            if (resting) {
                store.begin(node, reason, clock.instant());
            } else {
                store.end(node);
            }
            seen = new Seen(store.all(), clock.instant());
        } finally {
            refreshing.unlock();
        }
        teller.accept(node, resting ? reason : "");
    }
}
