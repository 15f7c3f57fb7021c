package me.owlrun.mint.subscribe;

import me.owlrun.mint.step.Changed;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// All subscriptions of this process and those who watch them. Changes come from the commits of
/// this process, from notices of the others, and from a sweep that asks Lightning for unpaid quotes
/// and now and then reads everything again, so that a lost event only costs time.
public final class Hub implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Hub.class.getName());

    /// Filters of all subscriptions together.
    private static final int FILTERS_MAX = 100_000;

    private static final int QUEUE_MAX = 10_000;

    /// One sweep in this many reads everything again.
    private static final int SWEEPS_PER_REFRESH = 12;

    private static final int CLOSE_GOING_AWAY = 1001;
    private static final long POLL_MILLIS = 1_000;
    private static final Duration STOP_WAIT_MAX = Duration.ofSeconds(10);

    private final States states;
    private final Duration sweepEvery;
    private final Map<String, Set<Subscription>> byToken = new ConcurrentHashMap<>();
    private final ReentrantLock registering = new ReentrantLock();
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>(QUEUE_MAX);
    private final AtomicInteger filters = new AtomicInteger();
    private final AtomicInteger proofFilters = new AtomicInteger();
    private final AtomicBoolean refreshWanted = new AtomicBoolean();
    private final Thread teller;
    private final Thread sweeper;

    private volatile Runnable onFirst = () -> {};
    private volatile boolean closed;

    /// Something that may have changed states.
    private sealed interface Work {}

    /// A commit of this process.
    private record Commit(Changed change) implements Work {}

    /// A change of another process.
    private record Notice(Touched touched) implements Work {}

    /// Wakes the teller up when it is to stop.
    private record End() implements Work {}

    private Hub(States states, Duration sweepEvery) {
        this.states = states;
        this.sweepEvery = sweepEvery;
        this.teller = Thread.ofVirtual().name("wallet-teller").unstarted(this::tellUntilClosed);
        this.sweeper = Thread.ofVirtual().name("wallet-sweep").unstarted(this::sweepUntilClosed);
    }

    /// Starts without any subscription.
    ///
    /// @param sweepEvery how often unpaid quotes are asked for
    public static Hub start(States states, Duration sweepEvery) {
        Hub hub = new Hub(states, sweepEvery);
        hub.teller.start();
        hub.sweeper.start();
        return hub;
    }

    /// Names who is told when there is a first subscription.
    void onFirst(Runnable first) {
        onFirst = first;
    }

    States states() {
        return states;
    }

    /// Connections that are open.
    public int sessionCount() {
        return sessions.size();
    }

    /// Subscriptions of all connections.
    public int subscriptionCount() {
        return subscriptions.size();
    }

    boolean isWatching() {
        return !subscriptions.isEmpty() && !closed;
    }

    boolean hasRoom(int more) {
        return filters.get() + more <= FILTERS_MAX;
    }

    void join(Session session) {
        sessions.add(session);
        if (closed) {
            session.close(CLOSE_GOING_AWAY, "going away");
        }
    }

    void leave(Session session) {
        sessions.remove(session);
    }

    void add(Subscription subscription) {
        registering.lock();
        try {
            subscriptions.add(subscription);
            count(subscription, 1);
            for (String filter : subscription.filters()) {
                byToken.computeIfAbsent(
                                token(subscription.kind(), filter),
                                t -> ConcurrentHashMap.newKeySet())
                        .add(subscription);
            }
        } finally {
            registering.unlock();
        }
        onFirst.run();
    }

    void remove(Subscription subscription) {
        registering.lock();
        try {
            if (!subscriptions.remove(subscription)) {
                return;
            }
            count(subscription, -1);
            for (String filter : subscription.filters()) {
                byToken.computeIfPresent(
                        token(subscription.kind(), filter),
                        (token, watchers) -> {
                            watchers.remove(subscription);
                            return watchers.isEmpty() ? null : watchers;
                        });
            }
        } finally {
            registering.unlock();
        }
    }

    private void count(Subscription subscription, int sign) {
        int delta = sign * subscription.filters().size();
        filters.addAndGet(delta);
        if (subscription.kind() == Kind.PROOF) {
            proofFilters.addAndGet(delta);
        }
    }

    private static String token(Kind kind, String filter) {
        return new Touched(kind, filter, false).token();
    }

    /// Takes a commit of this process. Quick: the work is done by another thread, if anyone cares.
    public void changed(Changed change) {
        if (!subscriptions.isEmpty()) {
            offer(new Commit(change));
        }
    }

    /// Takes what another process changed.
    void changedElsewhere(Touched touched) {
        offer(new Notice(touched));
    }

    private void offer(Work work) {
        if (!queue.offer(work)) {
            refreshWanted.set(true);
        }
    }

    /// Reads everything again, soon.
    void refresh() {
        refreshWanted.set(true);
    }

    private void tellUntilClosed() {
        while (!closed) {
            try {
                Work work = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (work != null) {
                    tell(work);
                }
                if (queue.isEmpty() && refreshWanted.getAndSet(false)) {
                    subscriptions.forEach(Subscription::refresh);
                }
            } catch (InterruptedException _) {
                return;
            } catch (RuntimeException e) { // the edge of the thread; reading again mends it
                refreshWanted.set(true);
                LOG.log(Level.WARNING, "Wallets could not be told of a change; again later.", e);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
            }
        }
    }

    private void tell(Work work) {
        switch (work) {
            case Commit(Changed change) ->
                    Touched.of(change, proofFilters.get() > 0).forEach(this::tell);
            case Notice(Touched touched) -> tell(touched);
            case End() -> {} // the loop sees that it is closed
        }
    }

    private void tell(Touched touched) {
        Set<Subscription> watchers =
                byToken.getOrDefault(token(touched.kind(), touched.filter()), Set.of());
        watchers.forEach(watcher -> watcher.touched(touched));
        if (touched.endsMelt() && proofFilters.get() > 0) {
            subscriptions.stream()
                    .filter(some -> some.kind() == Kind.PROOF)
                    .forEach(Subscription::refreshPending);
        }
    }

    private void sweepUntilClosed() {
        for (int sweep = 1; !closed; sweep++) {
            LockSupport.parkNanos(sweepEvery.toNanos());
            try {
                for (String quoteId : closed ? Set.<String>of() : unpaid()) {
                    states.look(quoteId);
                    changedElsewhere(new Touched(Kind.MINT_QUOTE, quoteId, false));
                }
            } catch (RuntimeException e) { // the edge of the thread; the next sweep tries again
                LOG.log(Level.WARNING, "Unpaid quotes could not be asked for.", e);
            }
            if (sweep % SWEEPS_PER_REFRESH == 0) {
                refresh();
            }
        }
    }

    private Set<String> unpaid() {
        Set<String> unpaid = new LinkedHashSet<>();
        for (Subscription subscription : new HashSet<>(subscriptions)) {
            unpaid.addAll(subscription.unpaid());
        }
        return unpaid;
    }

    /// Says goodbye to all wallets and stops telling.
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(sweeper);
        if (!queue.offer(new End())) {
            LOG.log(Level.DEBUG, "The teller is busy; it ends after what it is at.");
        }
        List.copyOf(sessions).forEach(s -> s.close(CLOSE_GOING_AWAY, "going away"));
        try {
            teller.join(STOP_WAIT_MAX);
            sweeper.join(STOP_WAIT_MAX);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
