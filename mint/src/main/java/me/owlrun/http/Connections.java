package me.owlrun.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Stands before HTTP/1.1: lets one address hold only so many connections, and puts each under the
/// watch of [SlowClients].
final class Connections implements ServerConnectionSelector {

    private final ServerConnectionSelector http;
    private final Patience patience;
    private final SlowClients slow;
    private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

    Connections(ServerConnectionSelector http, Patience patience, SlowClients slow) {
        this.http = http;
        this.patience = patience;
        this.slow = slow;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        InetAddress address =
                context.remotePeer().address() instanceof InetSocketAddress inet
                        ? inet.getAddress()
                        : InetAddress.getLoopbackAddress();
        return new Watched(http.connection(context), address);
    }

    /// One connection.
    private final class Watched implements ServerConnection, InterruptableTask<Void> {

        private final ServerConnection inner;
        private final InetAddress address;

        private Watched(ServerConnection inner, InetAddress address) {
            this.inner = inner;
            this.address = address;
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            int limitOfAddress = patience.connectionsPerAddress();
            if (limitOfAddress == 0 || patience.uncounted().test(address)) {
                slow.watch(() -> inner.handle(limit));
                return;
            }
            int held = byAddress.merge(address, 1, Integer::sum);
            try {
                if (held <= limitOfAddress) {
                    slow.watch(() -> inner.handle(limit));
                } // else it is closed without a word: answering would cost what it wants to cost
            } finally {
                byAddress.computeIfPresent(address, (a, count) -> count == 1 ? null : count - 1);
            }
        }

        @Override
        public Duration idleTime() {
            return inner.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            inner.close(interrupt);
        }

        @Override
        public boolean canInterrupt() {
            return !(inner instanceof InterruptableTask<?> task) || task.canInterrupt();
        }
    }
}
