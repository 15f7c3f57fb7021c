package me.owlrun.gateway.node;

import me.owlrun.gateway.account.ApiKey;
import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.job.JobReceipt;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodeLink;
import me.owlrun.gateway.job.NodeVitals;
import me.owlrun.gateway.job.Task;

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

    /// Acknowledgements that a node gets at once, and how often one more.
    private static final int ACKS_BURST = 20;

    private static final Duration ACK_REFILL = Duration.ofSeconds(1);

    /// How often the writer looks up from waiting: several times in the silence that is allowed.
    private static final long LOOKS_PER_SILENCE = 8;

    private static final long TICK_MILLIS_MAX = 1_000;
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private static final int PROTOCOL_OF_ADDITIONS = 2;
    private static final int CLOSE_GOING_AWAY = 1001;
    private static final int CLOSE_DISPLACED = 4001;

    private volatile NodeStore.Registered node;
    private final ApiKey key;
    private final Wire wire;
    private final Thread reader;
    private final Dispatcher dispatcher;
    private final NodeOutbox outbox = new NodeOutbox();
    private final Pulse pulse;
    private final long tickMillis;
    private final Allowance acks = new Allowance(ACKS_BURST, ACK_REFILL, System::nanoTime);
    private volatile NodeVitals vitals = NodeVitals.UNKNOWN;
    private volatile boolean displaced;

    /// Writes to the socket; called by one thread only, and throws when the connection is gone.
    interface Wire {

        /// A text message.
        void text(String text);

        /// The answer to a ping.
        void pong(ByteBuffer payload);

        /// The end.
        void close(int code, String reason);
    }

    /// @param key opened the connection, and may fetch and answer its jobs
    /// @param reader the thread that reads this connection and ends with it
    NodeSession(
            NodeStore.Registered node,
            ApiKey key,
            Wire wire,
            Thread reader,
            Dispatcher dispatcher) {
        this.node = node;
        this.key = key;
        this.wire = wire;
        this.reader = reader;
        this.dispatcher = dispatcher;
        this.pulse = new Pulse(dispatcher.silenceMax(), System::nanoTime);
        this.tickMillis =
                Math.clamp(
                        dispatcher.silenceMax().toMillis() / LOOKS_PER_SILENCE, 1, TICK_MILLIS_MAX);
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

    /// Takes a message of the node; what comes after a newer connection took its place is dropped.
    void heard(String text) throws InterruptedException {
        pulse.heard();
        if (!displaced) {
            dispatcher.dispatch(this, NodeMessage.read(text));
        }
    }

    void pong(ByteBuffer payload) {
        pulse.heard();
        add(new NodeOutbox.Item.Pong(payload));
    }

    /// Takes note that the node registered again: its models may have changed.
    void registeredAgain(NodeStore.Registered now) {
        node = now;
        dispatcher.pool().changed(this);
    }

    /// Takes note of a heartbeat; whether it is to be acknowledged, which costs queries.
    boolean beat(NodeVitals now) {
        vitals = now;
        return acks.take();
    }

    /// Tells the node that it gets no jobs, or jobs again.
    ///
    /// @param reason empty when it gets jobs again
    void maintain(String reason) {
        node = node.inMaintenance(reason);
        if (node.protocol() >= PROTOCOL_OF_ADDITIONS) {
            send(GatewayMessage.maintenance(reason));
        }
    }

    Units units() {
        return node.units();
    }

    /// Whether a key is the one that opened this connection.
    boolean belongsTo(ApiKey other) {
        return key.isSameAs(other);
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
            while (reader.isAlive() && write(outbox.next(tickMillis))) {
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
        switch (pulse.look()) {
            case ALIVE -> {}
            case ASK -> send(GatewayMessage.ping());
            case DEAD -> {
                LOG.log(System.Logger.Level.INFO, "node {0} fell silent", node.identity().nodeId());
                reader.interrupt();
            }
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
    public boolean does(Task task) {
        return node.tasks().contains(task);
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
    public int freeTierPct() {
        return node.freeTierPct();
    }

    @Override
    public boolean takesJobs() {
        return !vitals.isDraining() && node.maintenance().isEmpty() && isOpen();
    }

    @Override
    public NodeVitals vitals() {
        return vitals;
    }

    @Override
    public Optional<String> maintenance() {
        return Optional.of(node.maintenance()).filter(reason -> !reason.isEmpty());
    }

    private boolean isOpen() {
        return !displaced && reader.isAlive();
    }

    @Override
    public boolean offer(Job job) {
        if (isOpen()) {
            send(GatewayMessage.job(job));
        }
        return isOpen();
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
        displaced = true;
        add(new NodeOutbox.Item.Close(CLOSE_DISPLACED, "displaced by a newer connection"));
        dispatcher.board().nodeGone(this);
    }
}
