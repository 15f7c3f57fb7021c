package me.owlrun.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A line to a server on this machine that stops passing on what its client says after so many
/// bytes, as when the client is stopped in the middle of a message. Nobody is told.
final class StickingLine implements AutoCloseable {

    private static final int BLOCK_BYTES = 512;

    private final ServerSocket listening =
            new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int serverPort;
    private final AtomicLong bytesLeft = new AtomicLong(Long.MAX_VALUE);
    private volatile boolean closed;

    StickingLine(int serverPort) throws IOException {
        this.serverPort = serverPort;
        Thread.ofVirtual().name("sticking-line").start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /// Sticks after so many more bytes of all clients.
    void stickAfter(long bytes) {
        bytesLeft.set(bytes);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                Thread.ofVirtual().start(() -> pass(client, server, true));
                Thread.ofVirtual().start(() -> pass(server, client, false));
            }
        } catch (IOException e) {
            // The line is closed.
        }
    }

    private void pass(Socket from, Socket to, boolean sticks) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] block = new byte[BLOCK_BYTES];
            for (int count = in.read(block); count >= 0; count = in.read(block)) {
                int passed = sticks ? Math.clamp(bytesLeft.getAndAdd(-count), 0, count) : count;
                out.write(block, 0, passed);
                out.flush();
                while (passed < count && !closed) {
                    LockSupport.parkNanos(this, 10_000_000);
                }
            }
        } catch (IOException e) {
            // One of the two is gone.
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        listening.close();
    }
}
