package me.owlrun.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A TCP line to a gateway that can freeze: from then on nothing passes in either direction and no
/// end is told what happened, as when a machine loses its power or a cable is cut.
final class FreezingLine implements AutoCloseable {

    private final ServerSocket server;
    private final URI target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean frozen;

    FreezingLine(String targetUrl) throws IOException {
        this.target = URI.create(targetUrl);
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    void freeze() {
        frozen = true;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket here = server.accept();
                Socket there = new Socket(target.getHost(), target.getPort());
                open.add(here);
                open.add(there);
                Thread.ofVirtual().start(() -> pump(here, there));
                Thread.ofVirtual().start(() -> pump(there, here));
            } catch (IOException e) {
                // The server was closed; the loop ends.
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[8_192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (!frozen) {
                    out.write(buffer, 0, length);
                    out.flush();
                }
            }
        } catch (IOException e) {
            // One end closed.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
