package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.pay.Change;
import me.owlrun.json.Json;

import java.time.Duration;
import java.util.Optional;

/// An answer as server-sent events. The status is sent with the first piece, or shortly after a
/// node took the job, so that a node that fails at once still gives an honest status.
///
/// At the end, with the change stored: `[usage]`, `[DONE]`, the change, `[DONE]` again; for clients
/// that stop at the first mark the change comes before it.
final class StreamReply implements Reply {

    private static final HeaderName NO_BUFFERING = HeaderNames.create("X-Accel-Buffering");
    private static final String EVENT_STREAM = "text/event-stream; charset=utf-8";

    /// How long the status waits for the first piece.
    private static final Duration STATUS_PATIENCE = Duration.ofMillis(250);

    private static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    private final ServerResponse response;
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
            ServerResponse response,
            StalledWrites stalled,
            ChunkMaker chunks,
            boolean includeUsage,
            boolean changeInline) {
        this.response = response;
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
    public void settled(Usage usage, Change change) {
        SseWriter out = openWithRole();
        if (includeUsage) {
            out.data(chunks.usage(usage));
        }
        end(out, change);
    }

    @Override
    public void failed(ApiError error, Change change) {
        if (writer.isEmpty()) {
            ChangeHeaders.send(response, error, change);
            return;
        }
        SseWriter out = writer.get();
        if (changeInline) {
            out.data(chunks.change(change));
            out.data(chunks.error(error));
            out.done();
        } else {
            out.data(chunks.error(error));
            end(out, change);
        }
    }

    private void end(SseWriter out, Change change) {
        if (changeInline) {
            out.data(chunks.change(change));
        }
        out.done();
        if (!changeInline) {
            out.data(chunks.change(change));
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
            response.header(HeaderNames.CONTENT_TYPE, EVENT_STREAM);
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            response.header(NO_BUFFERING, "no");
            SseWriter opened = new SseWriter(response.outputStream(), stalled);
            writer = Optional.of(opened);
            opened.comment();
        }
        return writer.get();
    }

    @Override
    public void close() {
        writer.ifPresent(SseWriter::close);
    }

    /// Makes the chunks of one answer: same identifier, time and model in each.
    ///
    /// @param id the answer's identifier
    /// @param createdEpochSeconds when it began
    /// @param model the model asked for
    record ChunkMaker(String id, long createdEpochSeconds, String model) {

        ObjectNode role() {
            ObjectNode delta = Json.object();
            delta.put("role", "assistant").put("content", "");
            return choice(delta, Optional.empty(), Optional.empty());
        }

        ObjectNode piece(NodeFrame.Piece piece) {
            return choice(piece.delta(), Optional.of(piece), Optional.empty());
        }

        ObjectNode finish(String reason) {
            return choice(Json.object(), Optional.empty(), Optional.of(reason));
        }

        private ObjectNode choice(
                ObjectNode delta, Optional<NodeFrame.Piece> piece, Optional<String> finishReason) {
            ObjectNode chunk = chunk();
            ObjectNode choice = chunk.putArray("choices").addObject();
            choice.put("index", 0);
            choice.set("delta", delta);
            piece.flatMap(NodeFrame.Piece::logprobs)
                    .ifPresent(logprobs -> choice.set("logprobs", logprobs));
            choice.put("finish_reason", finishReason.orElse(null));
            return chunk;
        }

        ObjectNode usage(Usage usage) {
            ObjectNode chunk = chunk();
            chunk.putArray("choices");
            chunk.set("usage", WholeReply.usageJson(usage));
            return chunk;
        }

        ObjectNode change(Change change) {
            ObjectNode chunk = chunk();
            chunk.putArray("choices");
            chunk.put("type", "cashu_change");
            chunk.setAll(change.toJson());
            return chunk;
        }

        ObjectNode error(ApiError error) {
            ObjectNode chunk = chunk();
            chunk.setAll(error.toJson());
            ObjectNode choice = chunk.putArray("choices").addObject();
            choice.put("index", 0);
            choice.putObject("delta");
            choice.put("finish_reason", "error");
            return chunk;
        }

        private ObjectNode chunk() {
            ObjectNode chunk = Json.object();
            chunk.put("id", id);
            chunk.put("object", "chat.completion.chunk");
            chunk.put("created", createdEpochSeconds);
            chunk.put("model", model);
            return chunk;
        }
    }
}
