package me.owlrun.mint.ldk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;

import me.owlrun.json.Json;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The answer to one request as LND's REST gateway gives it. A stream sends its headers with its
/// first line and not before: until then a client hears nothing at all.
final class LndAnswer implements LndStreams.Lines {

    private final HttpExchange exchange;
    private final LndFaults.Fault fault;
    private boolean begun;

    LndAnswer(HttpExchange exchange, LndFaults.Fault fault) {
        this.exchange = exchange;
        this.fault = fault;
    }

    /// The connection was cut, as the test had asked.
    static final class CutException extends IOException {

        private CutException() {
            super("cut");
        }
    }

    @Override
    public void taken() throws IOException {
        switch (fault.kind()) {
            case CUT -> throw new CutException();
            case DELAY -> {
                try {
                    fault.gate().await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new CutException();
                }
            }
            case NONE, DROP -> {
                // Nothing; a dropped request does not come here.
            }
        }
    }

    /// The whole answer.
    void write(int status, ObjectNode body) throws IOException {
        byte[] bytes = Json.bytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void write(ObjectNode result) throws IOException {
        line(200, Json.object().<ObjectNode>set("result", result));
    }

    /// The error that ends a stream.
    void writeStreamError(LndError error) throws IOException {
        line(error.status(), Json.object().<ObjectNode>set("error", error.json()));
    }

    private void line(int status, ObjectNode line) throws IOException {
        if (!begun) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, 0);
            begun = true;
        }
        exchange.getResponseBody().write((Json.text(line) + "\n").getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
    }
}
