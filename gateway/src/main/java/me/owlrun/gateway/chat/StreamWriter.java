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

/// Writes a stream of JSON values to one buyer: server-sent events, or lines of plain JSON. Each is
/// sent at once, unless another is known to follow at once: then they travel together.
final class StreamWriter implements AutoCloseable {

    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] COMMENT =
            ": OWLRUN PROCESSING\n\n".getBytes(StandardCharsets.UTF_8);

    private final OutputStream out;
    private final byte[] before;
    private final byte[] after;
    private final StalledWrites stalled;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<Thread> writing = Optional.empty();
    private boolean brokenOff;
    private long writingSinceNanos;
    private long wroteNanos = System.nanoTime();

    /// What stands around each value.
    enum Form {
        /// Server-sent events.
        EVENTS("text/event-stream; charset=utf-8", "data: ", "\n\n"),
        /// One value a line.
        LINES("application/x-ndjson", "", "\n");

        private final String contentType;
        private final String before;
        private final String after;

        Form(String contentType, String before, String after) {
            this.contentType = contentType;
            this.before = before;
            this.after = after;
        }

        String contentType() {
            return contentType;
        }
    }

    StreamWriter(OutputStream out, Form form, StalledWrites stalled) {
        this.out = out;
        this.before = form.before.getBytes(StandardCharsets.UTF_8);
        this.after = form.after.getBytes(StandardCharsets.UTF_8);
        this.stalled = stalled;
        stalled.watch(this);
    }

    /// Writes a JSON value.
    void data(JsonNode json) {
        write(bytes(json), true);
    }

    /// Writes a JSON value that travels with the next one.
    void dataBeforeMore(JsonNode json) {
        write(bytes(json), false);
    }

    private byte[] bytes(JsonNode json) {
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        event.writeBytes(before);
        event.writeBytes(Json.bytes(json));
        event.writeBytes(after);
        return event.toByteArray();
    }

    /// Writes the mark that ends a stream for OpenAI's clients.
    void done() {
        write(DONE, true);
    }

    /// The same before more.
    void doneBeforeMore() {
        write(DONE, false);
    }

    /// Writes a line that readers of events ignore.
    void comment() {
        write(COMMENT, true);
    }

    /// The same before more.
    void commentBeforeMore() {
        write(COMMENT, false);
    }

    /// How long nothing was written.
    Duration silence() {
        return Duration.ofNanos(System.nanoTime() - wroteNanos);
    }

    private void write(byte[] bytes, boolean send) {
        begin();
        try {
            out.write(bytes);
            if (send) {
                out.flush();
            }
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
