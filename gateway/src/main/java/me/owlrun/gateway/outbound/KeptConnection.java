package me.owlrun.gateway.outbound;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// A connection to a server that stays open between requests. For one thread at a time.
final class KeptConnection {

    private final SocketChannel channel;
    private final Socket socket;
    private final InputStream in;

    /// @param channel carries it
    /// @param socket what is read and written: that of the channel, or TLS on it
    KeptConnection(SocketChannel channel, Socket socket) throws IOException {
        this.channel = channel;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /// To be closed when the time is over.
    Socket raw() {
        return channel.socket();
    }

    InputStream in() {
        return in;
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /// Whether the server has neither closed it nor sent anything that nobody asked for. What is
    /// read here is lost, but then the connection is, too.
    boolean isQuiet() {
        try {
            if (in.available() > 0) {
                return false;
            }
            channel.configureBlocking(false);
            int came = channel.read(ByteBuffer.allocate(1));
            channel.configureBlocking(true);
            return came == 0;
        } catch (IOException e) {
            return false;
        }
    }

    void close() {
        try (channel) {
            socket.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }
}
