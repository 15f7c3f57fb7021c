package me.owlrun.mint.lightning.node;

import me.owlrun.mint.lightning.LightningException;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// The lines of an answer that comes piece by piece. One thread reads.
public final class LineStream implements HttpResponse.BodySubscriber<LineStream>, AutoCloseable {

    private static final int LINE_BYTES_MAX = 4_194_304;

    /// An event: a line, or the end.
    private record Event(Optional<String> line, boolean broken) {}

    private final int status;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicBoolean resting = new AtomicBoolean();
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

    private volatile Flow.Subscription subscription = new NoSubscription();

    LineStream(int status) {
        this.status = status;
    }

    /// The HTTP status.
    public int status() {
        return status;
    }

    /// The next line; at the end what stands there without a line feed.
    ///
    /// @param max how long to wait
    /// @return empty when the time is up or the stream is at its end
    /// @throws LightningException when the connection broke
    public Optional<String> next(Duration max) {
        try {
            if (events.isEmpty() && resting.compareAndSet(true, false)) {
                subscription.request(1);
            }
            Event event = events.poll(max.toMillis(), TimeUnit.MILLISECONDS);
            if (event == null) {
                return Optional.empty();
            }
            if (event.broken()) {
                throw new LightningException("the connection to the node broke");
            }
            return event.line();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new LightningException("interrupted");
        }
    }

    @Override
    public CompletionStage<LineStream> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        List<Event> lines = new ArrayList<>();
        for (ByteBuffer buffer : buffers) {
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next == '\n') {
                    takeLine().ifPresent(lines::add);
                } else {
                    partial.write(next);
                }
            }
        }
        if (partial.size() > LINE_BYTES_MAX) {
            subscription.cancel();
            events.add(new Event(Optional.empty(), true));
        } else if (lines.isEmpty()) {
            subscription.request(1);
        } else {
            resting.set(true); // first, or who takes the last line would not ask for more
            events.addAll(lines);
        }
    }

    private Optional<Event> takeLine() {
        if (partial.size() == 0) {
            return Optional.empty();
        }
        String line = partial.toString(StandardCharsets.UTF_8);
        partial.reset();
        return Optional.of(new Event(Optional.of(line), false));
    }

    @Override
    public void onError(Throwable problem) {
        events.add(new Event(Optional.empty(), true));
    }

    @Override
    public void onComplete() {
        takeLine().ifPresent(events::add);
        events.add(new Event(Optional.empty(), false));
    }

    /// Lets the connection go.
    @Override
    public void close() {
        subscription.cancel();
    }

    /// Stands in until there is one.
    private static final class NoSubscription implements Flow.Subscription {
        @Override
        public void request(long count) {}

        @Override
        public void cancel() {}
    }
}
