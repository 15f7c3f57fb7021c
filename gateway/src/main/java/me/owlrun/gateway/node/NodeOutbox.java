package me.owlrun.gateway.node;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// What waits to be written to one node: a bounded queue from many threads to the one writer,
/// because a WebSocket session must not be written by two at once.
final class NodeOutbox {

    /// Messages that may wait; a node that reads so slowly is as good as gone.
    private static final int ITEMS_MAX = 256;

    private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(ITEMS_MAX);

    /// Something to write.
    sealed interface Item {
        /// A text message.
        record Text(String text) implements Item {}

        /// The answer to a WebSocket ping, with its payload.
        record Pong(ByteBuffer payload) implements Item {}

        /// The end of the connection.
        record Close(int code, String reason) implements Item {}
    }

    /// Adds something; false when the queue is full.
    boolean add(Item item) {
        return items.offer(item);
    }

    /// The next thing to write, or nothing within a time.
    Optional<Item> next(long waitMillis) throws InterruptedException {
        return Optional.ofNullable(items.poll(waitMillis, TimeUnit.MILLISECONDS));
    }
}
