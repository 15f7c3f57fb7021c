package me.owlrun.agent.link;

import me.owlrun.agent.job.Channel;
import me.owlrun.agent.wire.Gateway;
import me.owlrun.agent.wire.Outbound;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/// One open control channel: a bounded outbox with a single writer, as the JDK's WebSocket allows
/// one send at a time, and an [Ear] for what comes in. The JDK answers the gateway's pings by
/// itself. Once ended it stays ended.
final class ControlSocket implements Channel {
    private static final int OUTBOX_MAX = 256;
    private static final Duration GOODBYE_LIMIT = Duration.ofSeconds(2);

    private final BlockingQueue<Item> outbox = new ArrayBlockingQueue<>(OUTBOX_MAX);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final WebSocket socket;
    private final Ear ear;
    private final Duration sendLimit;

    private ControlSocket(WebSocket socket, Ear ear, Duration sendLimit) {
        this.socket = socket;
        this.ear = ear;
        this.sendLimit = sendLimit;
    }

    /// What came of an attempt to connect.
    sealed interface Attempt {
        /// The channel is open.
        record Open(ControlSocket socket) implements Attempt {}

        /// The gateway refused to open it.
        ///
        /// @param status its HTTP status
        record Refused(int status) implements Attempt {}

        /// It could not be reached.
        record Failed() implements Attempt {}
    }

    /// Connects with the key both in the query, as the seed says, and as a bearer.
    ///
    /// @param listener gets each message with the channel it came over, one at a time
    static Attempt open(
            HttpClient client,
            Gateway gateway,
            LinkTiming timing,
            BiConsumer<ControlSocket, String> listener)
            throws InterruptedException {
        Ear ear = new Ear(listener);
        Future<WebSocket> connecting =
                client.newWebSocketBuilder()
                        .header("Authorization", gateway.bearer())
                        .connectTimeout(timing.connect())
                        .buildAsync(gateway.socket(), ear);
        try {
            WebSocket open = connecting.get(timing.connect().toMillis(), TimeUnit.MILLISECONDS);
            return new Attempt.Open(begin(open, ear, timing.send()));
        } catch (TimeoutException late) {
            connecting.cancel(true);
            return new Attempt.Failed();
        } catch (ExecutionException failed) {
            return failed.getCause() instanceof WebSocketHandshakeException refused
                    ? new Attempt.Refused(refused.getResponse().statusCode())
                    : new Attempt.Failed();
        }
    }

    private static ControlSocket begin(WebSocket open, Ear ear, Duration sendLimit) {
        ControlSocket control = new ControlSocket(open, ear, sendLimit);
        Thread _ = Thread.ofVirtual().name("link-writer").start(control::write);
        ear.listenFor(control, open);
        return control;
    }

    @Override
    public boolean send(Outbound message) throws InterruptedException {
        return offer(new Item.Text(message));
    }

    /// Asks the gateway for a sign of life.
    ///
    /// @return whether the question was put in the outbox
    boolean ping() throws InterruptedException {
        return offer(new Item.Ping());
    }

    /// Says goodbye after everything that is in the outbox; returns when the gateway has answered
    /// it, or soon.
    void close() throws InterruptedException {
        if (offer(new Item.Close())
                && !ended.await(GOODBYE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            end();
        }
    }

    /// Ends the channel at once, without a word.
    void end() {
        ended.countDown();
        socket.abort();
        outbox.clear();
    }

    /// Waits until the channel has ended.
    ///
    /// @return whether that happened within the limit
    boolean awaitEnd(Duration limit) throws InterruptedException {
        return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// For how long nothing at all came in.
    Duration silence() {
        return ear.silence();
    }

    private boolean isOpen() {
        return ended.getCount() > 0;
    }

    private boolean offer(Item item) throws InterruptedException {
        if (!isOpen()) {
            return false;
        }
        if (!outbox.offer(item, sendLimit.toMillis(), TimeUnit.MILLISECONDS)) {
            end();
            return false;
        }
        return isOpen();
    }

    /// The writer: one message after the other, each with a time limit.
    private void write() {
        try {
            while (isOpen()) {
                Item item = outbox.poll(1, TimeUnit.SECONDS);
                if (item != null) {
                    leave(item);
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException | IllegalStateException lost) {
            // The channel is gone or was closed under us; whoever waits for its end learns it.
        } finally {
            end();
        }
    }

    private void leave(Item item) throws IOException, InterruptedException {
        Future<WebSocket> leaving =
                switch (item) {
                    case Item.Text(Outbound message) -> socket.sendText(message.text(), true);
                    case Item.Ping() -> socket.sendPing(ByteBuffer.allocate(0));
                    case Item.Close() -> socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
                };
        try {
            WebSocket _ = leaving.get(sendLimit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException lost) {
            throw new IOException("the control channel broke", lost);
        }
    }

    /// What waits in the outbox.
    private sealed interface Item {
        /// A message.
        record Text(Outbound message) implements Item {}

        /// A ping of ours.
        record Ping() implements Item {}

        /// Our goodbye.
        record Close() implements Item {}
    }
}
