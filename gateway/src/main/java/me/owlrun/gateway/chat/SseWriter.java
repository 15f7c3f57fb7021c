package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Writes server-sent events to one buyer, each flushed at once.
final class SseWriter implements AutoCloseable {

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] COMMENT =
            ": OWLRUN PROCESSING\n\n".getBytes(StandardCharsets.UTF_8);

    private final OutputStream out;
    private final StalledWrites stalled;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<Thread> writing = Optional.empty();
    private boolean brokenOff;
    private long writingSinceNanos;
    private long wroteNanos = System.nanoTime();

    SseWriter(OutputStream out, StalledWrites stalled) {
        this.out = out;
        this.stalled = stalled;
        stalled.watch(this);
    }

    /// Writes an event with a JSON value.
    void data(JsonNode json) {
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        event.writeBytes(DATA);
        event.writeBytes(Json.bytes(json));
        event.writeBytes(END);
        write(event.toByteArray());
    }

    /// Writes the mark that ends a stream for OpenAI's clients.
    void done() {
        write(DONE);
    }

    /// Writes a line that clients ignore.
    void comment() {
        write(COMMENT);
    }

    /// How long nothing was written.
    Duration silence() {
        return Duration.ofNanos(System.nanoTime() - wroteNanos);
    }

    private void write(byte[] bytes) {
        begin();
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException | RuntimeException e) {
            // Helidon reports a closed connection by exceptions of several kinds.
            throw new BuyerGoneException(e);
        } finally {
            end();
        }
    }

    private void begin() {
        lock.lock();
        try {
            writing = Optional.of(Thread.currentThread());
            writingSinceNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            writing = Optional.empty();
            wroteNanos = System.nanoTime();
            if (brokenOff) {
                // The interrupt was for the write only; the payment has yet to be closed.
                brokenOff = false;
                var _ = Thread.interrupted();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Breaks off a write that takes longer than this.
    void breakOffAfter(Duration writeMax) {
        lock.lock();
        try {
            if (writing.isPresent() && System.nanoTime() - writingSinceNanos > writeMax.toNanos()) {
                brokenOff = true;
                writing.get().interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        stalled.forget(this);
        try {
            out.close();
        } catch (IOException | RuntimeException e) {
            throw new BuyerGoneException(e);
        }
    }
}
