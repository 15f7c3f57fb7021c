package me.owlrun.up;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// An OpenAI-compatible engine that a test holds in its hand: it says one word for every permit, so
/// that the test decides at which point of an answer something breaks.
final class HeldEngine implements AutoCloseable {

    static final String MODEL = "qwen2.5:0.5b";
    static final int WORDS = 4;

    private static final Duration WAIT_MAX = Duration.ofSeconds(60);

    private final HttpServer server;
    private final Semaphore asked = new Semaphore(0);
    private final Semaphore permits = new Semaphore(0);

    HeldEngine() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/models", this::models);
        server.createContext("/v1/chat/completions", this::chat);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// Waits until a job has reached the engine.
    void awaitAsked() throws InterruptedException {
        if (!asked.tryAcquire(WAIT_MAX.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("no job reached the engine");
        }
    }

    /// Lets it say more words.
    void allow(int words) {
        permits.release(words);
    }

    /// Takes back all permits, so that the next job starts held.
    void hold() {
        permits.drainPermits();
        asked.drainPermits();
    }

    private void models(HttpExchange exchange) throws IOException {
        byte[] body =
                "{\"object\":\"list\",\"data\":[{\"id\":\"%s\",\"object\":\"model\"}]}"
                        .formatted(MODEL)
                        .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private void chat(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        asked.release();
        try (OutputStream out = exchange.getResponseBody()) {
            for (int word = 0; word < WORDS; word++) {
                if (!permits.tryAcquire(WAIT_MAX.toSeconds(), TimeUnit.SECONDS)) {
                    return;
                }
                chunk(out, "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"}}]");
            }
            chunk(out, "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]");
            chunk(
                    out,
                    "\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":4,"
                            + "\"total_tokens\":11}");
            out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void chunk(OutputStream out, String fields) throws IOException {
        String event =
                "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,"
                        + "\"model\":\"m\",%s}\n\n".formatted(fields);
        out.write(event.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
