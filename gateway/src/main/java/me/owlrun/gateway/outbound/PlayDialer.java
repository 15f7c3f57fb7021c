package me.owlrun.gateway.outbound;

import me.owlrun.gateway.outbound.Fetched.Fault;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Map;

/// Opens plain connections to servers that stand in for some hosts, for play money; other hosts are
/// reached as always.
final class PlayDialer implements Dialer {

    private final Map<String, URI> servers;
    private final Dialer others;

    /// @param servers for a host's name, the http address of the server that plays it
    PlayDialer(Map<String, URI> servers, Dialer others) {
        this.servers = Map.copyOf(servers);
        this.others = others;
    }

    @Override
    public <T> T dial(String host, Deadline deadline, ConnectionUser<T> user)
            throws FetchException {
        URI server = servers.get(host);
        if (server == null) {
            return others.dial(host, deadline, user);
        }
        try (Socket socket = new Socket();
                Closeable _ = deadline.closing(socket)) {
            socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
            return user.use(socket);
        } catch (IOException e) {
            throw deadline.isOver()
                    ? new FetchException(Fault.TIMEOUT, "no answer in time")
                    : new FetchException(Fault.BROKEN, "the connection broke");
        }
    }
}
