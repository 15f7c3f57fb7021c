package me.owlrun.gateway.standing;

import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migration;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.Standings;
import me.owlrun.gateway.routing.Ending;
import me.owlrun.gateway.routing.RoutingRules;
import me.owlrun.gateway.routing.Speed;
import me.owlrun.gateway.routing.Standing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// What machines have earned, in memory and in the database. Changes are collected and written
/// together, so that nobody who waits for an answer waits for them; a crash loses a few seconds.
/// Several gateways may add to one machine: they write what they saw, not what they think it is.
public final class StandingBook implements Standings {

    /// Days that are kept after they count no more.
    private static final int DAYS_KEPT_MORE = 30;

    private final StandingStore store;
    private final RoutingRules rules;
    private final InstantSource clock;
    private final Map<NodeIdentity, Standing> known = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private Map<Change.Key, Change> changes = new TreeMap<>();
    private Map<StandingStore.Work, Speed.Known> speeds = new TreeMap<>();

    /// @param database where the tables lie
    /// @param rules the numbers of the router
    public StandingBook(Database database, RoutingRules rules, InstantSource clock) {
        this.store = new StandingStore(database);
        this.rules = rules;
        this.clock = clock;
    }

    /// The migration that makes the tables.
    public static Migration migration() {
        return StandingStore.migration();
    }

    @Override
    public Standing of(NodeIdentity node) {
        Standing before = known.get(node);
        if (before != null) {
            return before;
        }
        Standing read = read(node);
        return Optional.ofNullable(known.putIfAbsent(node, read)).orElse(read);
    }

    /// How old a machine is and how it did, as the database knows it.
    ///
    /// @param firstAt when it was first registered
    /// @param score of the last days, 0 to 1
    public record Past(Instant firstAt, double score) {}

    /// What is known of a node that was ever here.
    public Optional<Past> past(NodeIdentity node) {
        return registered(node)
                .map(registered ->
                        new Past(registered.firstAt(), read(node).score(clock.instant())));
    }

    private Standing read(NodeIdentity node) {
        return store.read(node, rules, today().minusDays(rules.health().days() - 1L));
    }

    Optional<StandingStore.Registered> registered(NodeIdentity node) {
        return store.registered(node);
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private void change(NodeIdentity node, Consumer<Change> what) {
        Change.Key key = new Change.Key(node, today());
        lock.lock();
        try {
            what.accept(changes.computeIfAbsent(key, Change::new));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ended(
            NodeIdentity node, String work, Ending.Kind kind, Optional<Speed.Known> speed) {
        switch (kind) {
            case SUCCESS -> change(node, change -> change.successes++);
            case FAILURE -> change(node, change -> change.failures++);
            case NEUTRAL, REFUSED -> change(node, change -> change.neutral++);
            case PROBE_PASSED -> change(node, change -> change.probesPassed++);
            case PROBE_FAILED -> change(node, change -> change.probesFailed++);
            case NEVER_OFFERED -> {}
        }
        if (speed.isPresent()) {
            lock.lock();
            try {
                speeds.put(new StandingStore.Work(node, work), speed.get());
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public void probed(NodeIdentity node, boolean passed) {
        if (passed) {
            change(node, change -> change.probesPassed++);
        } else {
            change(node, change -> change.probesFailed++);
        }
    }

    @Override
    public void online(NodeIdentity node, Duration more) {
        change(node, change -> change.onlineMillis += more.toMillis());
    }

    /// Writes what happened. What cannot be written is kept for the next time; should a commit have
    /// succeeded unheard, it counts twice, which moves a score a little and no money.
    void write() {
        Map<Change.Key, Change> taken;
        Map<StandingStore.Work, Speed.Known> fast;
        lock.lock();
        try {
            taken = changes;
            fast = speeds;
            changes = new TreeMap<>();
            speeds = new TreeMap<>();
        } finally {
            lock.unlock();
        }
        if (taken.isEmpty() && fast.isEmpty()) {
            return;
        }
        boolean written = false;
        try {
            store.add(List.copyOf(taken.values()), fast);
            written = true;
        } finally {
            if (!written) {
                keep(taken, fast);
            }
        }
    }

    private void keep(Map<Change.Key, Change> taken, Map<StandingStore.Work, Speed.Known> fast) {
        lock.lock();
        try {
            taken.forEach((key, change) -> changes.computeIfAbsent(key, Change::new).add(change));
            fast.forEach(speeds::putIfAbsent);
        } finally {
            lock.unlock();
        }
    }

    /// Forgets machines that are not here and have nothing to be written.
    void forget(Predicate<NodeIdentity> isHere) {
        List<NodeIdentity> gone = new ArrayList<>(known.keySet());
        gone.removeIf(isHere);
        lock.lock();
        try {
            changes.keySet().forEach(key -> gone.remove(key.node()));
        } finally {
            lock.unlock();
        }
        gone.forEach(known::remove);
    }

    /// Deletes days that count no more.
    ///
    /// @throws DatabaseException when the database cannot be reached
    void deleteOld() {
        store.deleteBefore(today().minusDays(rules.health().days() + (long) DAYS_KEPT_MORE));
    }
}
