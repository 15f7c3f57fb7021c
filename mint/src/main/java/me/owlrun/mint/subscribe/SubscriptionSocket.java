package me.owlrun.mint.subscribe;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.Header;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;

import me.owlrun.mint.http.Admission.Caller;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// `GET /v1/ws`: the WebSocket side of one wallet's connection.
public final class SubscriptionSocket implements WsListener {

    /// The path of the endpoint.
    public static final String PATH = "/v1/ws";

    /// Characters of one message, whatever frames it comes in.
    static final int MESSAGE_CHARS_MAX = 131_072;

    private static final int CLOSE_TOO_BIG = 1009;
    private static final int CLOSE_NOT_TEXT = 1003;
    private static final int CLOSE_POLICY = 1008;

    private final Hub hub;
    private final Predicate<Caller> admission;
    private final StringBuilder message = new StringBuilder();
    private Map<String, List<String>> headersByName = Map.of();
    private Optional<Session> session = Optional.empty();

    /// A listener for one connection.
    ///
    /// @param admission whether a caller may send one more request now
    public SubscriptionSocket(Hub hub, Predicate<Caller> admission) {
        this.hub = hub;
        this.admission = admission;
    }

    @Override
    public Optional<Headers> onHttpUpgrade(HttpPrologue prologue, Headers headers) {
        Map<String, List<String>> lines = new HashMap<>();
        for (Header header : headers) {
            lines.put(header.headerName().lowerCase().toLowerCase(Locale.ROOT), header.allValues());
        }
        headersByName = lines;
        return Optional.empty();
    }

    @Override
    public void onOpen(WsSession socket) {
        InetAddress peer =
                socket.socketContext().remotePeer().address() instanceof InetSocketAddress inet
                                && inet.getAddress() != null
                        ? inet.getAddress()
                        : InetAddress.getLoopbackAddress();
        Caller caller = new Caller(peer, name -> headersByName.getOrDefault(name, List.of()));
        Session opened =
                new Session(
                        hub,
                        new HelidonWire(socket),
                        Thread.currentThread(),
                        () -> admission.test(caller));
        session = Optional.of(opened);
        opened.open();
        if (!admission.test(caller)) {
            opened.close(CLOSE_POLICY, "too many requests from this address");
        }
    }

    @Override
    public void onMessage(WsSession socket, String text, boolean last) {
        if (message.length() + text.length() > MESSAGE_CHARS_MAX) {
            message.setLength(0);
            session.ifPresent(open -> open.close(CLOSE_TOO_BIG, "a message has at most 128 KiB"));
            return;
        }
        message.append(text);
        if (!last) {
            return;
        }
        String whole = message.toString();
        message.setLength(0);
        try {
            session.orElseThrow().heard(whole);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void onMessage(WsSession socket, BufferData buffer, boolean last) {
        session.ifPresent(open -> open.close(CLOSE_NOT_TEXT, "messages are JSON texts"));
    }

    @Override
    public void onPing(WsSession socket, BufferData buffer) {
        session.ifPresent(open -> open.pong(ByteBuffer.wrap(buffer.readBytes())));
    }

    @Override
    public void onPong(WsSession socket, BufferData buffer) {
        session.ifPresent(Session::alive);
    }

    /// Writes to Helidon's session.
    private record HelidonWire(WsSession socket) implements Session.Wire {

        @Override
        public void text(String text) {
            socket.send(text, true);
        }

        @Override
        public void ping() {
            socket.ping(BufferData.create(0));
        }

        @Override
        public void pong(ByteBuffer payload) {
            byte[] bytes = new byte[payload.remaining()];
            payload.get(bytes);
            socket.pong(BufferData.create(bytes));
        }

        @Override
        public void close(int code, String reason) {
            socket.close(code, reason);
        }
    }
}
