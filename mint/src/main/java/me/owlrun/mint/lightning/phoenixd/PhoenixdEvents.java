package me.owlrun.mint.lightning.phoenixd;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.mint.lightning.LightningException;
import me.owlrun.mint.lightning.node.NodeAnswer;
import me.owlrun.mint.lightning.node.NodeHttp;

import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// phoenixd's WebSocket, on which it tells of each payment once. Events that nobody heard are not
/// repeated: they are hints, and look-ups find the rest.
final class PhoenixdEvents {

    private static final Duration OPEN_MAX = Duration.ofSeconds(10);
    private static final int EVENT_CHARS_MAX = 65_536;

    private final NodeHttp http;
    private final Consumer<PaymentHash> listener;
    private final Duration listenMax;

    PhoenixdEvents(NodeHttp http, Consumer<PaymentHash> listener, Duration listenMax) {
        this.http = http;
        this.listener = listener;
        this.listenMax = listenMax;
    }

    /// Listens until the connection ends or nothing came for a long time: a dead connection looks
    /// like a quiet one.
    void listen() {
        Texts texts = new Texts();
        WebSocket socket = http.socket("phoenixd events", "/websocket", texts, OPEN_MAX);
        try {
            Optional<String> text = texts.next(listenMax);
            while (text.isPresent()) {
                take(NodeAnswer.json(text.get()));
                text = texts.next(listenMax);
            }
        } finally {
            socket.abort();
        }
    }

    private void take(JsonNode event) {
        if (!event.path("type").asText("").equals("payment_received")) {
            return;
        }
        try {
            listener.accept(new PaymentHash(event.path("paymentHash").asText("")));
        } catch (IllegalArgumentException _) {
            throw new LightningException("phoenixd events: a payment without a hash");
        }
    }

    /// The texts that arrive, in their order; an empty one is the end.
    private static final class Texts implements WebSocket.Listener {

        private final LinkedBlockingQueue<Optional<String>> texts = new LinkedBlockingQueue<>();
        private final StringBuilder partial = new StringBuilder();

        Optional<String> next(Duration max) {
            try {
                Optional<String> text = texts.poll(max.toMillis(), TimeUnit.MILLISECONDS);
                return text == null ? Optional.empty() : text;
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new LightningException("interrupted");
            }
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            partial.append(data);
            if (partial.length() > EVENT_CHARS_MAX) {
                socket.abort();
                texts.add(Optional.empty());
            } else if (last) {
                texts.add(Optional.of(partial.toString()));
                partial.setLength(0);
            }
            return WebSocket.Listener.super.onText(socket, "", last);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            texts.add(Optional.empty());
            return WebSocket.Listener.super.onClose(socket, status, reason);
        }

        @Override
        public void onError(WebSocket socket, Throwable problem) {
            texts.add(Optional.empty());
        }
    }
}
