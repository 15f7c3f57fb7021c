package me.owlrun.mint.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A wallet's WebSocket connection (NUT-17) for tests: what arrives is queued in its order.
public final class TestSocket implements AutoCloseable {

    private static final long WITHIN_SECONDS = 20;

    private final BlockingQueue<JsonNode> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
    private final WebSocket socket;
    private int requests;

    /// @param mintUrl the mint's address over http
    public TestSocket(String mintUrl) {
        URI uri = URI.create(mintUrl.replaceFirst("^http", "ws") + "/v1/ws");
        socket =
                HttpClient.newHttpClient()
                        .newWebSocketBuilder()
                        .header("Origin", "https://wallet.example")
                        .buildAsync(uri, new Listener())
                        .join();
    }

    /// Queues what arrives.
    private final class Listener implements WebSocket.Listener {

        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
            message.append(text);
            if (last) {
                heard.add(Json.parse(message.toString()));
                message.setLength(0);
            }
            return WebSocket.Listener.super.onText(from, text, last);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.add(code);
            return WebSocket.Listener.super.onClose(from, code, reason);
        }
    }

    /// Subscribes and returns the answer, which must come before anything else.
    public JsonNode subscribe(String kind, String subId, List<String> filters) {
        ObjectNode params = Json.object().put("kind", kind).put("subId", subId);
        filters.forEach(params.putArray("filters")::add);
        request("subscribe", params);
        return next();
    }

    /// Sends a request without waiting for its answer.
    public void request(String method, ObjectNode params) {
        ObjectNode request = Json.object().put("jsonrpc", "2.0").put("method", method);
        request.put("id", requests++).set("params", params);
        send(Json.text(request));
    }

    /// Sends any text.
    public void send(String text) {
        socket.sendText(text, true).join();
    }

    /// The next message.
    public JsonNode next() {
        try {
            JsonNode message = heard.poll(WITHIN_SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("nothing was told in time");
            }
            return message;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// The state in the next message, which must be a notification.
    public String nextState() {
        JsonNode message = next();
        if (!message.path("method").asText().equals("subscribe")) {
            throw new AssertionError("no notification: " + message);
        }
        return message.path("params").path("payload").path("state").asText();
    }

    /// The code with which the mint closed the connection.
    public int closeCode() {
        try {
            Integer code = closed.poll(WITHIN_SECONDS, TimeUnit.SECONDS);
            if (code == null) {
                throw new AssertionError("the connection stays open");
            }
            return code;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        socket.abort();
    }
}
