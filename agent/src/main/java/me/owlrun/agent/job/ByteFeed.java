package me.owlrun.agent.job;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// A pipe from the thread that makes an answer to the HTTP client that posts it. What is put in
/// comes out in the same pieces, at once, so the buyer sees each token as it is made. Bounded: a
/// slow gateway slows the engine down. One thread writes, one reads.
final class ByteFeed extends InputStream {
    private static final int PIECES_MAX = 64;
    private static final Duration READER_LIMIT = Duration.ofSeconds(60);

    private final BlockingQueue<Part> parts = new ArrayBlockingQueue<>(PIECES_MAX);
    private byte[] current = new byte[0];
    private int position;
    private boolean ended;
    private volatile boolean closed;

    /// Puts octets in.
    ///
    /// @throws IOException if nobody reads any more
    void put(byte[] octets) throws IOException, InterruptedException {
        offer(new Part.Octets(octets));
    }

    /// The orderly end.
    void end() throws IOException, InterruptedException {
        offer(new Part.End());
    }

    /// The end that says "this is not whole": reading fails, and with it the request.
    void breakOff() throws InterruptedException {
        closed = true;
        parts.clear();
        boolean _ = parts.offer(new Part.Broken());
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (position == current.length && !ended) {
            advance();
        }
        if (ended) {
            return -1;
        }
        int count = Math.min(length, current.length - position);
        System.arraycopy(current, position, target, offset, count);
        position += count;
        return count;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public void close() {
        closed = true;
        parts.clear();
    }

    private void offer(Part part) throws IOException, InterruptedException {
        boolean taken =
                !closed && parts.offer(part, READER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        if (!taken || closed) {
            throw new IOException("the gateway reads no more");
        }
    }

    private void advance() throws IOException {
        try {
            switch (parts.take()) {
                case Part.Octets octets -> {
                    current = octets.value;
                    position = 0;
                }
                case Part.End() -> ended = true;
                case Part.Broken() -> throw new IOException("the answer broke off");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    /// What goes through the pipe.
    private sealed interface Part {
        /// Some octets, at least one.
        final class Octets implements Part {
            private final byte[] value;

            Octets(byte[] value) {
                this.value = value;
            }
        }

        /// The orderly end.
        record End() implements Part {}

        /// The other end.
        record Broken() implements Part {}
    }
}
