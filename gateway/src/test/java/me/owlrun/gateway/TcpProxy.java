package me.owlrun.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A TCP connection between a gateway and its mint that can lose answers: requests whose path is
/// chosen reach the mint, and the connection breaks when the answer comes.
final class TcpProxy implements AutoCloseable {

    private final ServerSocket server;
    private final int targetPort;
    private final AtomicInteger toDrop = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger toAnswer = new AtomicInteger();
    private volatile String path = "";
    private volatile String canned = "";

    TcpProxy(int targetPort) throws IOException {
        this.targetPort = targetPort;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /// Loses the answers to the next requests for a path.
    void dropAnswers(String requestPath, int count) {
        path = requestPath;
        toDrop.set(count);
    }

    /// Answers the next requests for a path itself, after the answers to be lost are lost; they do
    /// not reach the mint.
    void answerInstead(String requestPath, int count, String answer) {
        path = requestPath;
        canned = answer;
        toAnswer.set(count);
    }

    /// How many answers were lost.
    int dropped() {
        return dropped.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Socket target = new Socket(InetAddress.getLoopbackAddress(), targetPort);
                open.add(client);
                open.add(target);
                Line line = new Line(client, target);
                Thread.ofVirtual().start(() -> line.pump(client, target, true));
                Thread.ofVirtual().start(() -> line.pump(target, client, false));
            } catch (IOException e) {
                // The server was closed, or the mint is gone; the next accept tells.
            }
        }
    }

    /// One connection through the proxy.
    private final class Line {
        private final Socket client;
        private final Socket target;
        private volatile boolean dropNext;

        private Line(Socket client, Socket target) {
            this.client = client;
            this.target = target;
        }

        private void pump(Socket from, Socket to, boolean requests) {
            byte[] buffer = new byte[65_536];
            try (from;
                    to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    if (requests) {
                        String head = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
                        if (isAnsweredHere(head)) {
                            answerHere();
                            return;
                        }
                    } else if (dropNext) {
                        dropped.incrementAndGet();
                        return;
                    }
                    out.write(buffer, 0, length);
                    out.flush();
                }
            } catch (IOException e) {
                // One side is gone; closing both ends the other pump.
            } finally {
                open.remove(client);
                open.remove(target);
            }
        }

        private boolean isAnsweredHere(String request) {
            if (path.isEmpty() || !request.startsWith("POST " + path + " ")) {
                return false;
            }
            if (takeOne(toDrop)) {
                dropNext = true;
                return false;
            }
            return takeOne(toAnswer);
        }

        private static boolean takeOne(AtomicInteger count) {
            return count.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        }

        private void answerHere() throws IOException {
            OutputStream out = client.getOutputStream();
            out.write(canned.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        cut();
    }

    /// Ends all connections and takes no new ones.
    void cut() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
