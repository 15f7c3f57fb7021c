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
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/// The line between a gateway and its mint, which can be down; and for requests of a kind it can
/// keep them from the mint, hold them or their answers back, lose answers, cut them or replace
/// them.
final class FaultLine implements AutoCloseable {

    private static final int BACKLOG = 200;
    private static final int ANSWER_BYTES_MAX = 6_000;
    private static final double FAULT_SHARE = 0.5;

    /// How requests for swaps begin.
    static final String SWAP = "POST /v1/swap ";

    private static final String SPENT_BODY = "{\"detail\":\"spent\",\"code\":11001}";
    private static final String SPENT_ANSWER =
            "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
                    + "Connection: close\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(SPENT_BODY.length(), SPENT_BODY);

    /// What happens to requests of a kind, or to their answers.
    enum Mode {
        PASS,
        /// Every other answer is lost after the mint made it.
        LOSE,
        /// Every other answer breaks off after some bytes.
        CUT,
        /// Every answer is lost after the mint made it.
        LOSE_ALL,
        /// The mint never hears of it.
        DROP,
        /// No answer comes back until it is let go.
        HOLD,
        /// No request comes to the mint until it is let go.
        HOLD_REQUESTS,
        /// The mint does it, and the answer says that the proofs were spent before: as a mint
        /// without NUT-19 answers a request that it hears again.
        SPENT
    }

    private final int mintPort;
    private final int port;
    private final ReentrantLock lock = new ReentrantLock();
    private final SplittableRandom random;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger spoilt = new AtomicInteger();
    private final Map<String, Mode> modes = new ConcurrentHashMap<>();
    private volatile CountDownLatch gate = new CountDownLatch(1);
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

    /// What happens to swaps from now on.
    void mode(Mode now) {
        mode(now, SWAP);
    }

    /// What happens to requests from now on that begin so, such as `POST /v1/swap `.
    void mode(Mode now, String requests) {
        modes.put(requests, now);
    }

    /// Lets everything go that is held; new requests pass.
    void release() {
        modes.clear();
        CountDownLatch held = gate;
        gate = new CountDownLatch(1);
        held.countDown();
    }

    /// How many requests and answers were held back so far.
    int held() {
        return held.get();
    }

    /// How many answers were lost or cut so far.
    int spoilt() {
        return spoilt.get();
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

    private Mode modeOf(String request) {
        return modes.entrySet().stream()
                .filter(entry -> request.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(Mode.PASS);
    }

    private void hold() throws InterruptedException {
        CountDownLatch until = gate;
        held.incrementAndGet();
        until.await();
    }

    /// How many bytes of an answer pass.
    private int pass(Mode mode) {
        if (mode == Mode.LOSE_ALL) {
            return 0;
        }
        if (mode != Mode.LOSE && mode != Mode.CUT) {
            return Integer.MAX_VALUE;
        }
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
        private volatile Mode mode = Mode.PASS;

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
                        mode = modeOf(text);
                        if (mode == Mode.DROP) {
                            return;
                        }
                        if (mode == Mode.HOLD_REQUESTS) {
                            hold();
                        }
                    }
                    out.write(buffer, 0, length);
                }
            } catch (IOException e) {
                // One side is gone; closing both ends the other thread.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void answers() {
            byte[] buffer = new byte[65_536];
            try (client;
                    mint) {
                InputStream in = mint.getInputStream();
                OutputStream out = client.getOutputStream();
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    if (mode == Mode.HOLD) {
                        hold();
                    }
                    if (mode == Mode.SPENT) {
                        out.write(SPENT_ANSWER.getBytes(StandardCharsets.US_ASCII));
                        return;
                    }
                    int passing = pass(mode);
                    out.write(buffer, 0, Math.min(length, passing));
                    if (passing < length) {
                        spoilt.incrementAndGet();
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
        gate.countDown();
        down();
    }
}
