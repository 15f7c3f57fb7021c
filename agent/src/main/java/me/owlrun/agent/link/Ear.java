package me.owlrun.agent.link;

import java.lang.System.Logger;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/// The ear of one control channel: joins the parts of a message, bounds their size, remembers when
/// something last came in. Called by the HTTP client, one event at a time.
final class Ear implements WebSocket.Listener {
    /// The longest message from the gateway; documented ones stay under 30 KB.
    static final int MESSAGE_CHARACTERS_MAX = 256 << 10;

    private static final CompletionStage<?> TAKEN = CompletableFuture.completedStage(null);
    private static final Logger LOG = System.getLogger(Ear.class.getName());

    private final BiConsumer<ControlSocket, String> listener;
    private volatile Optional<ControlSocket> owner = Optional.empty();
    private volatile boolean gone;
    private final StringBuilder message = new StringBuilder();
    private volatile long heardNanos = System.nanoTime();

    Ear(BiConsumer<ControlSocket, String> listener) {
        this.listener = listener;
    }

    /// Says whose ear this is; no message is taken before.
    void listenFor(ControlSocket control, WebSocket socket) {
        owner = Optional.of(control);
        if (gone) {
            control.end();
        } else {
            socket.request(1);
        }
    }

    /// Asks for nothing yet: there is nobody to hear it.
    @Override
    public void onOpen(WebSocket socket) {}

    /// For how long nothing came in.
    Duration silence() {
        return Duration.ofNanos(System.nanoTime() - heardNanos);
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
        heardNanos = System.nanoTime();
        if (message.length() + part.length() > MESSAGE_CHARACTERS_MAX) {
            LOG.log(Logger.Level.WARNING, "The gateway sent a message that is too long.");
            endOwner();
            return TAKEN;
        }
        message.append(part);
        if (last) {
            String whole = message.toString();
            message.setLength(0);
            listener.accept(owner.orElseThrow(), whole);
        }
        socket.request(1);
        return TAKEN;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean last) {
        return heard(socket);
    }

    @Override
    public CompletionStage<?> onPing(WebSocket socket, ByteBuffer payload) {
        return heard(socket);
    }

    @Override
    public CompletionStage<?> onPong(WebSocket socket, ByteBuffer payload) {
        return heard(socket);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
        LOG.log(Logger.Level.INFO, "The gateway closed the channel with {0}.", status);
        endOwner();
        return TAKEN;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
        LOG.log(Logger.Level.INFO, "The channel broke: {0}.", failure.getClass().getSimpleName());
        endOwner();
    }

    /// Ends the channel now, or as soon as there is one.
    private void endOwner() {
        gone = true;
        owner.ifPresent(ControlSocket::end);
    }

    private CompletionStage<?> heard(WebSocket socket) {
        heardNanos = System.nanoTime();
        socket.request(1);
        return TAKEN;
    }
}
