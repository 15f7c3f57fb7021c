package me.owlrun.mint.subscribe;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// One open connection. Many threads add to its outbox, one writes. A wallet that reads too slowly
/// or gives no sign of life is cut off by interrupting the thread that reads the connection: that
/// closes it and frees a writer that is stuck.
final class Session {

    /// Subscriptions of one connection.
    static final int SUBSCRIPTIONS_MAX = 100;

    private static final Logger LOG = System.getLogger(Session.class.getName());

    private static final Duration SILENCE_BEFORE_PING = Duration.ofSeconds(45);
    private static final Duration SILENCE_MAX = Duration.ofMinutes(2);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);
    private static final long TICK_MILLIS = 1_000;
    private static final long ROOM_WAIT_MILLIS = 30_000;

    private final Hub hub;
    private final Wire wire;
    private final Thread reader;
    private final BooleanSupplier admitted;
    private final Outbox outbox = new Outbox();
    private final Map<String, Subscription> subscriptions = new HashMap<>();

    private volatile long heardNanos = System.nanoTime();
    private volatile boolean pinged;

    /// Writes to the socket; used by one thread only, and throws when the connection is gone.
    interface Wire {

        /// A message.
        void text(String text);

        /// A question for a sign of life.
        void ping();

        /// The answer to one.
        void pong(ByteBuffer payload);

        /// The end.
        void close(int code, String reason);
    }

    /// @param reader the thread that reads this connection and ends with it
    /// @param admitted whether the client may send one more request now
    Session(Hub hub, Wire wire, Thread reader, BooleanSupplier admitted) {
        this.hub = hub;
        this.wire = wire;
        this.reader = reader;
        this.admitted = admitted;
    }

    void open() {
        hub.join(this);
        Thread.ofVirtual().name("wallet-writer").start(this::writeUntilClosed);
        Thread.ofVirtual().name("wallet-watch").start(this::awaitEnd);
    }

    /// Waits for the end of the reading thread, which ends with the connection however that ends.
    private void awaitEnd() {
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            subscriptions.values().forEach(hub::remove);
            hub.leave(this);
        }
    }

    /// A sign of life.
    void alive() {
        heardNanos = System.nanoTime();
        pinged = false;
    }

    void pong(ByteBuffer payload) {
        alive();
        add(new Outbox.Pong(payload));
    }

    /// Takes a message of the wallet; called by the reading thread only.
    void heard(String text) throws InterruptedException {
        alive();
        if (!outbox.awaitRoom(ROOM_WAIT_MILLIS)) {
            reader.interrupt();
            return;
        }
        switch (Heard.read(text)) {
            case Heard.Wrong wrong -> tell(Told.error(wrong));
            case Heard.Subscribe asked -> subscribe(asked);
            case Heard.Unsubscribe asked -> unsubscribe(asked);
        }
    }

    private void subscribe(Heard.Subscribe asked) {
        Optional<Heard.Wrong> flaw = flaw(asked);
        if (flaw.isPresent()) {
            tell(Told.error(flaw.get()));
            return;
        }
        Subscription subscription = new Subscription(asked, hub.states(), this::tell);
        subscriptions.put(asked.subId(), subscription);
        subscription.begin(Told.ok(asked.id(), asked.subId()), () -> hub.add(subscription));
    }

    private Optional<Heard.Wrong> flaw(Heard.Subscribe asked) {
        if (subscriptions.containsKey(asked.subId())) {
            return Optional.of(
                    new Heard.Wrong(asked.id(), Heard.INVALID_PARAMS, "The 'subId' is in use."));
        }
        if (subscriptions.size() >= SUBSCRIPTIONS_MAX) {
            return Optional.of(
                    new Heard.Wrong(asked.id(), Heard.LIMIT, "At most 100 subscriptions."));
        }
        if (!admitted.getAsBoolean() || !hub.hasRoom(asked.filters().size())) {
            return Optional.of(
                    new Heard.Wrong(asked.id(), Heard.LIMIT, "Too many; try again later."));
        }
        return Optional.empty();
    }

    private void unsubscribe(Heard.Unsubscribe asked) {
        Optional<Subscription> gone = Optional.ofNullable(subscriptions.remove(asked.subId()));
        gone.ifPresent(hub::remove);
        tell(
                gone.isPresent()
                        ? Told.ok(asked.id(), asked.subId())
                        : Told.error(
                                new Heard.Wrong(
                                        asked.id(),
                                        Heard.INVALID_PARAMS,
                                        "There is no such 'subId'.")));
    }

    private void tell(String text) {
        add(new Outbox.Text(text));
    }

    void close(int code, String reason) {
        add(new Outbox.Close(code, reason));
    }

    private void add(Outbox.Item item) {
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
        } catch (RuntimeException e) { // Helidon says so when the connection is gone
            LOG.log(Level.DEBUG, "writing to a wallet failed", e);
        } finally {
            end();
        }
    }

    /// Writes one item; false when it was the last.
    private boolean write(Optional<Outbox.Item> item) {
        if (item.isEmpty()) {
            return true;
        }
        switch (item.get()) {
            case Outbox.Text(String text) -> wire.text(text);
            case Outbox.Pong(ByteBuffer payload) -> wire.pong(payload);
            case Outbox.Ping() -> wire.ping();
            case Outbox.Close(int code, String reason) -> {
                wire.close(code, reason);
                return false;
            }
        }
        return true;
    }

    private void checkSilence() {
        long silentNanos = System.nanoTime() - heardNanos;
        if (silentNanos > SILENCE_MAX.toNanos()) {
            reader.interrupt();
        } else if (silentNanos > SILENCE_BEFORE_PING.toNanos() && !pinged) {
            pinged = true;
            add(new Outbox.Ping());
        }
    }

    /// Gives the wallet a moment to answer our close, then cuts the connection.
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
}
