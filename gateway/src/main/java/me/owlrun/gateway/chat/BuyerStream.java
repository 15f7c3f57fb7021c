package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.gateway.http.Answer;

import java.time.Duration;
import java.util.Optional;

/// The stream to one buyer from the wait for its first piece to its end. The status is sent with
/// the first piece, or shortly after a node took the job, so that a node that fails at once still
/// gives an honest status.
final class BuyerStream implements AutoCloseable {

    /// How long the status waits for the first piece.
    private static final Duration STATUS_PATIENCE = Duration.ofMillis(250);

    private static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    private final Answer answer;
    private final StalledWrites stalled;
    private final StreamWriter.Form form;
    private Optional<StreamWriter> writer = Optional.empty();
    private long acceptedNanos;
    private boolean accepted;

    BuyerStream(ReplyPlace place, StreamWriter.Form form) {
        this.answer = place.answer();
        this.stalled = place.stalled();
        this.form = form;
    }

    /// A node has taken the job.
    void accepted() {
        if (!accepted) {
            accepted = true;
            acceptedNanos = System.nanoTime();
        }
    }

    boolean isOpen() {
        return writer.isPresent();
    }

    /// Time has passed: shows a sign of life when it is due.
    ///
    /// @param sign what clients ignore
    void tick(Runnable sign) {
        boolean due =
                isOpen()
                        ? writer.get().silence().compareTo(SILENCE_MAX) >= 0
                        : accepted
                                && System.nanoTime() - acceptedNanos >= STATUS_PATIENCE.toNanos();
        if (due) {
            sign.run();
        }
    }

    /// Sends the status and the headers, once.
    private StreamWriter open() {
        if (writer.isEmpty()) {
            StreamWriter opened =
                    new StreamWriter(answer.stream(form.contentType()), form, stalled);
            writer = Optional.of(opened);
            if (form == StreamWriter.Form.EVENTS) {
                opened.commentBeforeMore();
            }
        }
        return writer.get();
    }

    /// Writes a JSON value.
    void data(JsonNode json) {
        open().data(json);
    }

    /// Writes a JSON value that travels with the next one.
    void dataBeforeMore(JsonNode json) {
        open().dataBeforeMore(json);
    }

    /// Writes the mark that ends a stream for OpenAI's clients.
    void done() {
        open().done();
    }

    /// The same before more.
    void doneBeforeMore() {
        open().doneBeforeMore();
    }

    /// Writes a line that readers of events ignore.
    void comment() {
        open().comment();
    }

    @Override
    public void close() {
        writer.ifPresent(StreamWriter::close);
    }
}
