package me.owlrun.agent.local;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/// A connection to a unix socket whose reads and writes end in time: blocking channels know no
/// limit, so this one waits on a selector. Used by one thread.
public final class UnixStream implements AutoCloseable {
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final Duration limit;

    private UnixStream(SocketChannel channel, Selector selector, SelectionKey key, Duration limit) {
        this.channel = channel;
        this.selector = selector;
        this.key = key;
        this.limit = limit;
    }

    /// Connects.
    ///
    /// @param limit for each read and write
    /// @throws IOException if nobody listens there
    public static UnixStream open(Path path, Duration limit) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            channel.configureBlocking(false);
            Selector selector = Selector.open();
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            return new UnixStream(channel, selector, key, limit);
        } catch (IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }

    /// Writes everything.
    public void write(ByteBuffer octets) throws IOException {
        key.interestOps(SelectionKey.OP_WRITE);
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (octets.hasRemaining()) {
            if (channel.write(octets) == 0) {
                await(deadlineNanos);
            }
        }
    }

    /// Reads exactly so many octets, in little-endian order.
    public ByteBuffer read(int length) throws IOException {
        key.interestOps(SelectionKey.OP_READ);
        ByteBuffer octets = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (octets.hasRemaining()) {
            int count = channel.read(octets);
            if (count < 0) {
                throw new IOException("the other side closed the connection");
            }
            if (count == 0) {
                await(deadlineNanos);
            }
        }
        return octets.flip();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }

    private void await(long deadlineNanos) throws IOException {
        long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0 || Thread.currentThread().isInterrupted()) {
            throw new IOException("no answer in time");
        }
        int _ = selector.select(leftMillis);
        selector.selectedKeys().clear();
    }
}
