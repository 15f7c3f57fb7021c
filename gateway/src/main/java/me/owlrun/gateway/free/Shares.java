package me.owlrun.gateway.free;

import me.owlrun.gateway.job.FreeRoom;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodeLink;
import me.owlrun.limit.BoundedMap;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Where there is room for a job that is given away: its node gives something, has time left to
/// give, and keeps a place for those who pay, if it has more than one.
final class Shares implements FreeRoom {

    private static final int NODES_MAX = 100_000;
    private static final int WHOLE = 100;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<NodeIdentity, Share> byNode = new BoundedMap<>(NODES_MAX);
    private final Duration window;
    private final InstantSource clock;

    /// @param window over which nodes are held to their percentage
    Shares(Duration window, InstantSource clock) {
        this.window = window;
        this.clock = clock;
    }

    @Override
    public boolean admits(NodeLink node, int running, int given) {
        return node.freeTierPct() > 0
                && running < placesForAll(node.capacity())
                && given < placesGiven(node.capacity(), node.freeTierPct())
                && now(node).isLeft();
    }

    @Override
    public void used(NodeLink node, Duration held) {
        lock.lock();
        try {
            byNode.put(node.identity(), now(node).less(held));
        } finally {
            lock.unlock();
        }
    }

    /// The last place is kept free; a node that has only one gives it up when it is needed.
    static int placesForAll(int capacity) {
        return Math.max(1, capacity - 1);
    }

    static int placesGiven(int capacity, int percent) {
        return Math.max(1, Math.multiplyExact(capacity, percent) / WHOLE);
    }

    private Share now(NodeLink node) {
        Instant now = clock.instant();
        int percent = node.freeTierPct();
        lock.lock();
        try {
            Share share = byNode.get(node.identity());
            Share current =
                    share == null
                            ? Share.full(node.capacity(), percent, window, now)
                            : share.later(node.capacity(), percent, window, now);
            byNode.put(node.identity(), current);
            return current;
        } finally {
            lock.unlock();
        }
    }
}
