package me.owlrun.gateway.job;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// The places of jobs that are given away, by node, so that one can be taken from the youngest of
/// them when somebody pays for it.
final class Gifts {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<NodeLink, Deque<NodePool.Slot>> byNode = new HashMap<>();

    /// A place was given away.
    void add(NodeLink node, NodePool.Slot slot) {
        lock.lock();
        try {
            byNode.computeIfAbsent(node, _ -> new ArrayDeque<>()).add(slot);
        } finally {
            lock.unlock();
        }
    }

    /// It was given back.
    void remove(NodeLink node, NodePool.Slot slot) {
        lock.lock();
        try {
            Deque<NodePool.Slot> slots = byNode.getOrDefault(node, new ArrayDeque<>());
            var _ = slots.remove(slot);
            if (slots.isEmpty()) {
                byNode.remove(node);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Ends the youngest gift of a node that has more jobs than places.
    ///
    /// @param jobs all jobs of the node
    void makeRoom(NodeLink node, int jobs) {
        lock.lock();
        try {
            Deque<NodePool.Slot> slots = byNode.getOrDefault(node, new ArrayDeque<>());
            long leaving = slots.stream().filter(NodePool.Slot::isLeaving).count();
            if (jobs - leaving > node.capacity()) {
                slots.reversed().stream()
                        .filter(slot -> !slot.isLeaving())
                        .findFirst()
                        .ifPresent(NodePool.Slot::evict);
            }
        } finally {
            lock.unlock();
        }
    }
}
