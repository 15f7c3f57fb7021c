package me.owlrun.gateway.node;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import io.helidon.websocket.WsUpgradeException;

import me.owlrun.gateway.account.ApiKey;
import me.owlrun.gateway.http.Credentials;

import java.nio.ByteBuffer;
import java.util.Optional;

/// `GET /v1/gateway/ws?api_key=`: the WebSocket side of one control channel. A request with a wrong
/// key is not upgraded and falls through to [ProxyRoutes], which answers 401 or 403.
public final class NodeSocket implements WsListener {

    /// The path of the channel.
    public static final String PATH = "/v1/gateway/ws";

    /// Characters of one message, whatever frames it comes in.
    private static final int MESSAGE_CHARS_MAX = 1_048_576;

    private static final int CLOSE_TOO_BIG = 1009;
    private static final int CLOSE_NOT_TEXT = 1003;

    private final Dispatcher dispatcher;
    private final StringBuilder message = new StringBuilder();
    private Optional<ApiKey> key = Optional.empty();
    private Optional<NodeStore.Registered> node = Optional.empty();
    private Optional<NodeSession> session = Optional.empty();

    /// A listener for one connection.
    public NodeSocket(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    @Override
    public Optional<Headers> onHttpUpgrade(HttpPrologue prologue, Headers headers)
            throws WsUpgradeException {
        var query = prologue.query();
        key = key(query, headers);
        Optional<String> nodeId =
                query.contains("node_id") ? Optional.of(query.get("node_id")) : Optional.empty();
        node = key.flatMap(known -> dispatcher.nodes().find(known, nodeId));
        if (node.isEmpty() || dispatcher.nodes().isPaused(key.orElseThrow())) {
            throw new WsUpgradeException("the key is not registered, or its account is paused");
        }
        dispatcher.pool().expect(node.get().identity());
        return Optional.empty();
    }

    /// The key of a request for the channel.
    static Optional<ApiKey> key(UriQuery query, Headers headers) {
        return query.contains("api_key")
                ? ApiKey.provider(query.get("api_key"))
                : Credentials.bearer(headers).flatMap(ApiKey::provider);
    }

    @Override
    public void onOpen(WsSession socket) {
        NodeSession opened =
                new NodeSession(
                        node.orElseThrow(),
                        key.orElseThrow(),
                        new HelidonWire(socket),
                        Thread.currentThread(),
                        dispatcher);
        session = Optional.of(opened);
        opened.open();
    }

    @Override
    public void onMessage(WsSession socket, String text, boolean last) {
        if (message.length() + text.length() > MESSAGE_CHARS_MAX) {
            socket.close(CLOSE_TOO_BIG, "a message has at most 1 MiB");
            message.setLength(0);
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
        socket.close(CLOSE_NOT_TEXT, "messages are JSON texts");
    }

    @Override
    public void onPing(WsSession socket, BufferData buffer) {
        session.ifPresent(open -> open.pong(ByteBuffer.wrap(buffer.readBytes())));
    }

    @Override
    public void onClose(WsSession socket, int status, String reason) {
        session.ifPresent(NodeSession::closed);
    }

    @Override
    public void onError(WsSession socket, Throwable error) {
        session.ifPresent(NodeSession::closed);
    }

    /// Writes to Helidon's session.
    private record HelidonWire(WsSession socket) implements NodeSession.Wire {

        @Override
        public void text(String text) {
            socket.send(text, true);
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
