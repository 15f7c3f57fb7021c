package me.owlrun.gateway.outbound;

import me.owlrun.gateway.outbound.Fetched.Fault;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Opens TLS connections to allowed addresses only. The name is resolved once and the socket goes
/// to the address that was looked at, so a name that changes its mind in between gains nothing; the
/// server proves its name by its certificate.
final class TlsDialer implements Dialer {

    private static final Duration CONNECT_MAX = Duration.ofSeconds(3);

    /// Addresses of one name that are tried, when the ones before take no connection.
    private static final int ADDRESSES_TRIED = 2;

    private final TimedResolver resolver;
    private final Predicate<InetAddress> allowed;
    private final int port;
    private final SSLSocketFactory tls;

    /// @param allowed tells which addresses may be connected to
    TlsDialer(Resolver resolver, Predicate<InetAddress> allowed, int port, SSLSocketFactory tls) {
        this(new TimedResolver(resolver), allowed, port, tls);
    }

    /// The same with a resolver that others use, too.
    TlsDialer(
            TimedResolver resolver,
            Predicate<InetAddress> allowed,
            int port,
            SSLSocketFactory tls) {
        this.resolver = resolver;
        this.allowed = allowed;
        this.port = port;
        this.tls = tls;
    }

    @Override
    public <T> T dial(String host, Deadline deadline, ConnectionUser<T> user)
            throws FetchException {
        List<InetAddress> addresses = resolver.resolve(host, deadline);
        if (!addresses.stream().allMatch(allowed)) {
            throw new FetchException(Fault.FORBIDDEN, "the name leads to a private address");
        }
        try (Socket raw = connect(addresses, deadline);
                Closeable _ = deadline.closing(raw)) {
            return user.use(handshake(raw, host, deadline));
        } catch (IOException e) {
            throw deadline.isOver()
                    ? new FetchException(Fault.TIMEOUT, "no answer in time")
                    : new FetchException(Fault.BROKEN, "the connection broke");
        }
    }

    private Socket connect(List<InetAddress> addresses, Deadline deadline) throws FetchException {
        for (InetAddress address : addresses.stream().limit(ADDRESSES_TRIED).toList()) {
            Optional<Socket> connected = connect(address, deadline);
            if (connected.isPresent()) {
                return connected.get();
            }
        }
        throw deadline.isOver()
                ? new FetchException(Fault.TIMEOUT, "no connection in time")
                : new FetchException(Fault.CONNECT, "no connection");
    }

    private Optional<Socket> connect(InetAddress address, Deadline deadline) {
        long waitMillis =
                Math.min(CONNECT_MAX.toMillis(), Duration.ofNanos(deadline.leftNanos()).toMillis());
        if (waitMillis == 0) {
            return Optional.empty(); // 0 would mean for ever
        }
        Socket socket = new Socket();
        boolean connected = false;
        try {
            socket.connect(new InetSocketAddress(address, port), (int) waitMillis);
            connected = true;
            return Optional.of(socket);
        } catch (IOException e) {
            return Optional.empty();
        } finally {
            if (!connected) {
                close(socket);
            }
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It never was open.
        }
    }

    private SSLSocket handshake(Socket raw, String host, Deadline deadline) throws FetchException {
        try {
            SSLSocket socket = (SSLSocket) tls.createSocket(raw, host, port, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setServerNames(List.of(new SNIHostName(host)));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            throw deadline.isOver()
                    ? new FetchException(Fault.TIMEOUT, "no TLS in time")
                    : new FetchException(Fault.TLS, "the server does not prove its name");
        }
    }
}
