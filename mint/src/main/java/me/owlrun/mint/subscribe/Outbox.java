package me.owlrun.mint.subscribe;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What waits to be written to one wallet: from many threads to the one writer, bounded in messages
/// and characters.
final class Outbox {

    private static final int ITEMS_MAX = 4_096;
    private static final long CHARS_MAX = 4_194_304;

    private final Deque<Item> items = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final Condition taken = lock.newCondition();

    private long chars;

    /// Something to write.
    sealed interface Item {}

    /// A message.
    record Text(String text) implements Item {}

    /// The answer to a ping.
    record Pong(ByteBuffer payload) implements Item {}

    /// A question for a sign of life.
    record Ping() implements Item {}

    /// The end of the connection.
    record Close(int code, String reason) implements Item {}

    /// Adds something; false when it is full.
    boolean add(Item item) {
        lock.lock();
        try {
            if (items.size() >= ITEMS_MAX || chars >= CHARS_MAX) {
                return false;
            }
            items.add(item);
            chars += length(item);
            added.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// The next thing to write, or nothing within a time.
    Optional<Item> next(long waitMillis) throws InterruptedException {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(waitMillis);
            while (items.isEmpty() && nanos > 0) {
                nanos = added.awaitNanos(nanos);
            }
            Optional<Item> item = Optional.ofNullable(items.poll());
            item.ifPresent(some -> chars -= length(some));
            taken.signalAll();
            return item;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until at least half of it is free.
    ///
    /// @return false when it took longer
    boolean awaitRoom(long waitMillis) throws InterruptedException {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(waitMillis);
            while ((items.size() > ITEMS_MAX / 2 || chars > CHARS_MAX / 2) && nanos > 0) {
                nanos = taken.awaitNanos(nanos);
            }
            return nanos > 0;
        } finally {
            lock.unlock();
        }
    }

    private static int length(Item item) {
        return item instanceof Text(String text) ? text.length() : 0;
    }
}
