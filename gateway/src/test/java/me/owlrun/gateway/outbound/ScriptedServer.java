package me.owlrun.gateway.outbound;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server of HTTP/1.1 that keeps connections, and misbehaves when its path says so.
final class ScriptedServer implements AutoCloseable {

    private static final Pattern LENGTH = Pattern.compile("Content-Length: ([0-9]+)");

    private final ServerSocket server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    ScriptedServer() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread accept = Thread.ofVirtual().start(this::accept);
        assert accept.isVirtual();
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    int connections() {
        return open.size();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                Thread talk = Thread.ofVirtual().start(() -> talk(socket));
                assert talk.isVirtual();
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void talk(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean more = true;
            while (more) {
                more = answer(in, socket.getOutputStream());
            }
        } catch (IOException e) {
            // The client hung up.
        }
    }

    private static boolean answer(InputStream in, OutputStream out) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("no more requests");
            }
            head.append((char) b);
        }
        Matcher length = LENGTH.matcher(head);
        String body =
                length.find()
                        ? new String(
                                in.readNBytes(Integer.parseInt(length.group(1))),
                                StandardCharsets.UTF_8)
                        : "";
        String[] words = head.toString().split(" ", 3);
        return switch (words[1]) {
            case "/last" -> send(out, "Connection: close\r\nContent-Length: 1\r\n\r\nx", false);
            case "/broken" -> send(out, "Content-Length: 9\r\n\r\nx", false);
            case "/not-http" -> send(out, "\u0001 : x\r\n\r\n", true);
            case "/huge" -> send(out, "Content-Length: 2000\r\n\r\n", true);
            case "/silent" -> true;
            case "/hang-up" -> false;
            default -> {
                String text = (words[0] + " " + words[1] + " " + body).strip();
                int bytes = text.getBytes(StandardCharsets.UTF_8).length;
                yield send(out, "Content-Length: " + bytes + "\r\n\r\n" + text, true);
            }
        };
    }

    private static boolean send(OutputStream out, String rest, boolean more) throws IOException {
        out.write(("HTTP/1.1 200 OK\r\n" + rest).getBytes(StandardCharsets.UTF_8));
        return more;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
