package me.owlrun.gateway.node;

import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.job.JobReceipt;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodeLink;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// One open control channel. Anybody may send; one thread writes. It also notices what Helidon does
/// not report: a connection that ended without a close, and a node that fell silent.
///
/// Ending a dead connection means interrupting the thread that reads it: that closes the channel
/// and frees a writer that is stuck on it, too.
final class NodeSession implements NodeLink {

    private static final System.Logger LOG = System.getLogger(NodeSession.class.getName());

    /// Silence after which a node is asked for a sign of life, and after which it counts as gone.
    private static final Duration SILENCE_BEFORE_PING = Duration.ofSeconds(45);

    private static final Duration SILENCE_MAX = Duration.ofSeconds(90);

    private static final long TICK_MILLIS = 1_000;
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private static final int CLOSE_GOING_AWAY = 1001;
    private static final int CLOSE_DISPLACED = 4001;

    private volatile NodeStore.Registered node;
    private final Wire wire;
    private final Thread reader;
    private final Dispatcher dispatcher;
    private final NodeOutbox outbox = new NodeOutbox();
    private volatile long heardNanos = System.nanoTime();
    private volatile boolean draining;
    private volatile boolean pinged;

    /// Writes to the socket; called by one thread only, and throws when the connection is gone.
    interface Wire {

        /// A text message.
        void text(String text);

        /// The answer to a ping.
        void pong(ByteBuffer payload);

        /// The end.
        void close(int code, String reason);
    }

    /// @param reader the thread that reads this connection and ends with it
    NodeSession(NodeStore.Registered node, Wire wire, Thread reader, Dispatcher dispatcher) {
        this.node = node;
        this.wire = wire;
        this.reader = reader;
        this.dispatcher = dispatcher;
    }

    /// Joins the pool and starts writing.
    void open() {
        dispatcher.pool().join(this);
        Thread.ofVirtual().name("node-writer").start(this::writeUntilClosed);
        Thread.ofVirtual().name("node-watch").start(this::awaitEnd);
    }

    /// Waits for the end of the reading thread, which ends with the connection however that ends.
    private void awaitEnd() {
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed();
        }
    }

    /// Takes a message of the node.
    void heard(String text) throws InterruptedException {
        heardNanos = System.nanoTime();
        pinged = false;
        dispatcher.dispatch(this, NodeMessage.read(text));
    }

    void pong(ByteBuffer payload) {
        heardNanos = System.nanoTime();
        add(new NodeOutbox.Item.Pong(payload));
    }

    /// Takes note that the node registered again: its models may have changed.
    void registeredAgain(NodeStore.Registered now) {
        node = now;
    }

    void draining(boolean now) {
        draining = now;
    }

    void send(String text) {
        add(new NodeOutbox.Item.Text(text));
    }

    private void add(NodeOutbox.Item item) {
        if (!outbox.add(item)) {
            reader.interrupt();
        }
    }

    private void writeUntilClosed() {
        try {
            while (reader.isAlive() && write(outbox.next(TICK_MILLIS))) {
                checkSilence();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // Helidon says so when the connection is gone; what follows is the same.
            LOG.log(System.Logger.Level.DEBUG, "writing to a node failed", e);
        } finally {
            end();
        }
    }

    /// Writes one item; false when it was the last.
    private boolean write(Optional<NodeOutbox.Item> item) {
        if (item.isEmpty()) {
            return true;
        }
        return switch (item.get()) {
            case NodeOutbox.Item.Text(String text) -> {
                wire.text(text);
                yield true;
            }
            case NodeOutbox.Item.Pong(ByteBuffer payload) -> {
                wire.pong(payload);
                yield true;
            }
            case NodeOutbox.Item.Close(int code, String reason) -> {
                wire.close(code, reason);
                yield false;
            }
        };
    }

    private void checkSilence() {
        long silentNanos = System.nanoTime() - heardNanos;
        if (silentNanos > SILENCE_MAX.toNanos()) {
            LOG.log(System.Logger.Level.INFO, "node {0} fell silent", node.identity().nodeId());
            reader.interrupt();
        } else if (silentNanos > SILENCE_BEFORE_PING.toNanos() && !pinged) {
            pinged = true;
            send(GatewayMessage.ping());
        }
    }

    /// Gives the node a moment to answer our close, then cuts the connection.
    private void end() {
        try {
            if (!reader.join(CLOSE_WAIT)) {
                reader.interrupt();
            }
        } catch (InterruptedException e) {
            reader.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    /// Takes the node out of the pool and tells the buyers of its jobs.
    void closed() {
        dispatcher.pool().leave(this);
        dispatcher.board().nodeGone(this);
    }

    @Override
    public NodeIdentity identity() {
        return node.identity();
    }

    @Override
    public boolean serves(String model) {
        return node.models().contains(model);
    }

    @Override
    public Set<String> models() {
        return node.models();
    }

    @Override
    public int capacity() {
        return node.capacity();
    }

    @Override
    public boolean takesJobs() {
        return !draining && reader.isAlive();
    }

    @Override
    public boolean offer(Job job) {
        send(GatewayMessage.job(job));
        return reader.isAlive();
    }

    @Override
    public void cancel(String jobId) {
        send(GatewayMessage.jobCancel(jobId));
    }

    @Override
    public void complete(JobReceipt receipt) {
        send(GatewayMessage.jobComplete(receipt, dispatcher.oracle().billingRate()));
    }

    @Override
    public void drain() {
        send(GatewayMessage.drain());
        add(new NodeOutbox.Item.Close(CLOSE_GOING_AWAY, "going away"));
    }

    @Override
    public void displaced() {
        add(new NodeOutbox.Item.Close(CLOSE_DISPLACED, "displaced by a newer connection"));
        dispatcher.board().nodeGone(this);
    }
}
