package me.owlrun.gateway.outbound;

import me.owlrun.gateway.outbound.Fetched.Fault;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// A server that the operator has named, and how to connect to it. Names are the operator's, so
/// nothing is forbidden; TLS is checked as ever.
///
/// @param host its name or address
/// @param tls makes TLS, if it is asked by https
record KnownServer(String host, int port, boolean secure, SSLSocketFactory tls) {

    private static final Duration CONNECT_MAX = Duration.ofSeconds(3);
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /// @param base an http or https address
    static KnownServer of(URI base) {
        boolean secure = "https".equalsIgnoreCase(base.getScheme());
        int usual = secure ? HTTPS_PORT : HTTP_PORT;
        return new KnownServer(
                base.getHost(),
                base.getPort() < 0 ? usual : base.getPort(),
                secure,
                (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    /// Opens a connection; nothing of a request is sent.
    KeptConnection connect(Deadline deadline) throws FetchException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new FetchException(Fault.NAME, "no such name");
        }
        long millis =
                Math.min(CONNECT_MAX.toMillis(), Duration.ofNanos(deadline.leftNanos()).toMillis());
        SocketChannel channel = open();
        boolean connected = false;
        Fault fault = Fault.CONNECT;
        try {
            channel.socket().connect(address, Math.toIntExact(Math.max(1, millis)));
            fault = Fault.TLS;
            KeptConnection connection =
                    new KeptConnection(channel, secure ? handshake(channel) : channel.socket());
            connected = true;
            return connection;
        } catch (IOException e) {
            throw new FetchException(fault, "no connection");
        } finally {
            if (!connected) {
                close(channel);
            }
        }
    }

    private static SocketChannel open() throws FetchException {
        try {
            return SocketChannel.open().setOption(StandardSocketOptions.TCP_NODELAY, true);
        } catch (IOException e) {
            throw new FetchException(Fault.CONNECT, "no socket");
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It never was of use.
        }
    }

    private Socket handshake(SocketChannel channel) throws IOException {
        Socket raw = channel.socket();
        raw.setSoTimeout(Math.toIntExact(CONNECT_MAX.toMillis()));
        SSLSocket socket = (SSLSocket) tls.createSocket(raw, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        raw.setSoTimeout(0);
        return socket;
    }
}
