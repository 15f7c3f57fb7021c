package me.owlrun.gateway.chat;

import me.owlrun.gateway.http.Answer;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.RequestScope;
import me.owlrun.gateway.pay.Change;
import me.owlrun.gateway.pay.Receipt;

import java.time.Duration;
import java.util.Optional;

/// An answer as server-sent events. The status is sent with the first piece, or shortly after a
/// node took the job, so that a node that fails at once still gives an honest status.
///
/// At the end, with the change stored: `[usage]`, `[DONE]`, the change, `[DONE]` again; for clients
/// that stop at the first mark the change comes before it.
final class StreamReply implements Reply {

    /// How long the status waits for the first piece.
    private static final Duration STATUS_PATIENCE = Duration.ofMillis(250);

    private static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    private final Answer answer;
    private final StalledWrites stalled;
    private final ChunkMaker chunks;
    private final boolean includeUsage;
    private final boolean changeInline;
    private Optional<SseWriter> writer = Optional.empty();
    private long acceptedNanos;
    private boolean accepted;
    private boolean roleSent;

    /// @param includeUsage whether the buyer asked for a count of tokens
    /// @param changeInline whether the change comes before the first `[DONE]`
    StreamReply(
            Answer answer,
            StalledWrites stalled,
            ChunkMaker chunks,
            boolean includeUsage,
            boolean changeInline) {
        this.answer = answer;
        this.stalled = stalled;
        this.chunks = chunks;
        this.includeUsage = includeUsage;
        this.changeInline = changeInline;
    }

    @Override
    public void accepted() {
        if (!accepted) {
            accepted = true;
            acceptedNanos = System.nanoTime();
        }
    }

    @Override
    public void tick() {
        if (writer.isPresent()) {
            if (writer.get().silence().compareTo(SILENCE_MAX) >= 0) {
                writer.get().comment();
            }
        } else if (accepted && System.nanoTime() - acceptedNanos >= STATUS_PATIENCE.toNanos()) {
            open().comment();
        }
    }

    @Override
    public void piece(NodeFrame.Piece piece) {
        if (piece.delta().isEmpty() && piece.logprobs().isEmpty()) {
            return;
        }
        SseWriter out = openWithRole();
        out.data(chunks.piece(piece));
        RequestScope.told();
    }

    @Override
    public boolean canRestart() {
        return !roleSent;
    }

    @Override
    public void restart() {
        // Nothing of the node before was sent.
    }

    @Override
    public void answered(String finishReason) {
        openWithRole().data(chunks.finish(finishReason));
    }

    @Override
    public void settled(Receipt receipt) {
        SseWriter out = openWithRole();
        if (includeUsage) {
            receipt.bill().ifPresent(bill -> out.data(chunks.usage(bill.usage())));
        }
        end(out, receipt.change());
    }

    @Override
    public void failed(ApiError error, Receipt refund) {
        if (writer.isEmpty()) {
            ChangeHeaders.send(answer, error, refund.change());
            return;
        }
        SseWriter out = writer.get();
        if (changeInline) {
            refund.change().ifPresent(change -> out.data(chunks.change(change)));
            out.data(chunks.error(error));
            out.done();
        } else {
            out.data(chunks.error(error));
            end(out, refund.change());
        }
    }

    private void end(SseWriter out, Optional<Change> change) {
        if (changeInline) {
            change.ifPresent(made -> out.data(chunks.change(made)));
        }
        out.done();
        if (!changeInline && change.isPresent()) {
            out.data(chunks.change(change.get()));
            out.done();
        }
    }

    private SseWriter openWithRole() {
        SseWriter out = open();
        if (!roleSent) {
            roleSent = true;
            out.data(chunks.role());
        }
        return out;
    }

    private SseWriter open() {
        if (writer.isEmpty()) {
            SseWriter opened = new SseWriter(answer.eventStream(), stalled);
            writer = Optional.of(opened);
            opened.comment();
        }
        return writer.get();
    }

    @Override
    public void close() {
        writer.ifPresent(SseWriter::close);
    }
}
