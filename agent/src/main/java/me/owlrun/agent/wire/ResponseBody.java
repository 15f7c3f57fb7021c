package me.owlrun.agent.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// The octets of a response as a thing to pull from with a time limit: `InputStream` has none, and
/// a hung server would hold its job for ever. At most one network read is ahead of the taker, so a
/// slow taker slows the sender down. Taken and closed by one thread.
public final class ResponseBody implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
    private static final Flow.Subscription NOT_YET = new Nothing();
    private static final Flow.Subscription CLOSED = new Nothing();

    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private final AtomicReference<Flow.Subscription> source = new AtomicReference<>(NOT_YET);

    /// Begins to read the body of this response.
    public static ResponseBody of(HttpResponse<Flow.Publisher<List<ByteBuffer>>> response) {
        ResponseBody body = new ResponseBody();
        response.body().subscribe(body);
        return body;
    }

    /// Everything up to the end.
    ///
    /// @param bytesMax more is refused
    /// @param limit how long all of it may take
    /// @throws IOException if it is too much, too late ([SilentException]), or broken
    public byte[] readAll(int bytesMax, Duration limit) throws IOException, InterruptedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        byte[] octets = next(limit);
        while (octets.length > 0) {
            if (all.size() + octets.length > bytesMax) {
                throw new IOException("more than " + bytesMax + " octets");
            }
            all.write(octets);
            octets = next(Duration.ofNanos(deadlineNanos - System.nanoTime()));
        }
        return all.toByteArray();
    }

    /// The next octets; an empty array means the end.
    ///
    /// @param limit how long to wait for them
    /// @throws SilentException if nothing came in time
    /// @throws IOException if the connection broke
    public byte[] next(Duration limit) throws IOException, InterruptedException {
        Piece piece = pieces.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
        return switch (piece) {
            case null -> throw new SilentException();
            case Piece.End() -> new byte[0];
            case Piece.Broken(Throwable cause) -> throw new IOException("connection lost", cause);
            case Piece.Octets octets -> {
                askForMore();
                yield octets.value;
            }
        };
    }

    /// Drops the connection if the answer is not finished; an engine then stops working.
    @Override
    public void close() {
        source.getAndSet(CLOSED).cancel();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        if (source.compareAndSet(NOT_YET, subscription)) {
            subscription.request(1);
        } else {
            subscription.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        int size = buffers.stream().mapToInt(ByteBuffer::remaining).sum();
        if (size == 0) {
            askForMore();
            return;
        }
        ByteBuffer joined = ByteBuffer.allocate(size);
        buffers.forEach(joined::put);
        pieces.add(new Piece.Octets(joined.array()));
    }

    @Override
    public void onError(Throwable failure) {
        pieces.add(new Piece.Broken(failure));
    }

    @Override
    public void onComplete() {
        pieces.add(new Piece.End());
    }

    private void askForMore() {
        Objects.requireNonNullElse(source.get(), CLOSED).request(1);
    }

    /// What can come out of a connection.
    private sealed interface Piece {
        /// Some octets, at least one.
        final class Octets implements Piece {
            private final byte[] value;

            Octets(byte[] value) {
                this.value = value;
            }
        }

        /// The orderly end.
        record End() implements Piece {}

        /// The connection broke.
        record Broken(Throwable cause) implements Piece {}
    }

    /// The absence of a source: before the first octet can be asked for, and after the end.
    private static final class Nothing implements Flow.Subscription {
        @Override
        public void request(long number) {}

        @Override
        public void cancel() {}
    }

    /// A sender that said nothing for too long.
    public static final class SilentException extends IOException {
        @Serial private static final long serialVersionUID = 1L;
    }
}
