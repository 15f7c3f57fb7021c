package me.owlrun.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// The line between a gateway and its mint, which can be down, lose answers to swaps, cut them
/// short or hold them back.
final class FaultLine implements AutoCloseable {

    private static final int BACKLOG = 200;
    private static final int ANSWER_BYTES_MAX = 6_000;
    private static final double FAULT_SHARE = 0.5;

    /// What happens to answers of swaps.
    enum Mode {
        PASS,
        /// Every other answer is lost after the mint made it.
        LOSE,
        /// Every other answer breaks off after some bytes.
        CUT,
        /// No answer comes back until the line is cut.
        HOLD
    }

    private final int mintPort;
    private final int port;
    private final ReentrantLock lock = new ReentrantLock();
    private final SplittableRandom random;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger held = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Mode mode = Mode.PASS;
    private volatile ServerSocket server;

    FaultLine(int mintPort, long seed) {
        this.mintPort = mintPort;
        this.random = new SplittableRandom(seed);
        this.server = listen(0);
        this.port = server.getLocalPort();
    }

    private ServerSocket listen(int wanted) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), BACKLOG);
            Thread.ofVirtual().start(() -> accept(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    void mode(Mode now) {
        mode = now;
    }

    /// How many answers are held back.
    int held() {
        return held.get();
    }

    /// Connections are refused and open ones end.
    void down() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Works again.
    void up() {
        server = listen(port);
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Socket mint = new Socket(InetAddress.getLoopbackAddress(), mintPort);
                open.add(client);
                open.add(mint);
                Line line = new Line(client, mint);
                Thread.ofVirtual().start(line::requests);
                Thread.ofVirtual().start(line::answers);
            } catch (IOException e) {
                // The line is down, or the mint is gone; the next accept tells.
            }
        }
    }

    /// How many bytes of the next answer pass.
    private int pass() {
        lock.lock();
        try {
            if (random.nextDouble() >= FAULT_SHARE) {
                return Integer.MAX_VALUE;
            }
            return mode == Mode.LOSE ? 0 : random.nextInt(1, ANSWER_BYTES_MAX);
        } finally {
            lock.unlock();
        }
    }

    /// One connection.
    private final class Line {
        private final Socket client;
        private final Socket mint;
        private volatile boolean swap;

        private Line(Socket client, Socket mint) {
            this.client = client;
            this.mint = mint;
        }

        private void requests() {
            byte[] buffer = new byte[65_536];
            try (client;
                    mint) {
                InputStream in = client.getInputStream();
                OutputStream out = mint.getOutputStream();
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    String text = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
                    if (text.startsWith("POST ") || text.startsWith("GET ")) {
                        swap = text.startsWith("POST /v1/swap ");
                    }
                    out.write(buffer, 0, length);
                }
            } catch (IOException e) {
                // One side is gone; closing both ends the other thread.
            }
        }

        private void answers() {
            byte[] buffer = new byte[65_536];
            try (client;
                    mint) {
                InputStream in = mint.getInputStream();
                OutputStream out = client.getOutputStream();
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    if (swap && mode == Mode.HOLD) {
                        held.incrementAndGet();
                        closed.await();
                    }
                    int passing = swap && mode != Mode.PASS ? pass() : Integer.MAX_VALUE;
                    out.write(buffer, 0, Math.min(length, passing));
                    if (passing < length) {
                        return;
                    }
                }
            } catch (IOException e) {
                // As above.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                open.remove(client);
                open.remove(mint);
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
        down();
    }
}
