package me.owlrun.gateway.chat;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.RequestScope;
import me.owlrun.gateway.pay.Change;
import me.owlrun.gateway.pay.Receipt;

import java.util.Optional;

/// An answer as server-sent events in OpenAI's form.
///
/// At the end, with the change stored: `[usage]`, `[DONE]`, the change, `[DONE]` again; for clients
/// that stop at the first mark the change comes before it.
final class StreamReply implements Reply {

    private final ReplyPlace place;
    private final BuyerStream out;
    private final ChunkMaker chunks;
    private final boolean includeUsage;
    private boolean roleSent;

    /// @param includeUsage whether the buyer asked for a count of tokens
    StreamReply(ReplyPlace place, ChunkMaker chunks, boolean includeUsage) {
        this.place = place;
        this.out = new BuyerStream(place, StreamWriter.Form.EVENTS);
        this.chunks = chunks;
        this.includeUsage = includeUsage;
    }

    @Override
    public void accepted() {
        out.accepted();
    }

    @Override
    public void tick() {
        out.tick(out::comment);
    }

    @Override
    public void piece(NodeFrame.Piece piece) {
        if (piece.delta().isEmpty() && piece.logprobs().isEmpty()) {
            return;
        }
        begin();
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
        begin();
        out.dataBeforeMore(chunks.finish(finishReason));
    }

    @Override
    public void settled(Receipt receipt) {
        if (includeUsage) {
            receipt.bill().ifPresent(bill -> out.dataBeforeMore(chunks.usage(bill)));
        }
        end(receipt.change());
    }

    @Override
    public void failed(ApiError error, Receipt refund) {
        if (!out.isOpen()) {
            ChangeHeaders.refuse(place.answer(), error, error.toJson(), refund.change());
            return;
        }
        if (place.changeInline()) {
            refund.change().ifPresent(change -> out.data(chunks.change(change)));
            out.data(chunks.error(error));
            out.done();
        } else {
            out.data(chunks.error(error));
            end(refund.change());
        }
    }

    private void end(Optional<Change> change) {
        if (place.changeInline()) {
            change.ifPresent(made -> out.dataBeforeMore(chunks.change(made)));
        }
        if (!place.changeInline() && change.isPresent()) {
            out.doneBeforeMore();
            out.dataBeforeMore(chunks.change(change.get()));
        }
        out.done();
    }

    private void begin() {
        if (!roleSent) {
            roleSent = true;
            out.dataBeforeMore(chunks.role());
        }
    }

    @Override
    public void close() {
        out.close();
    }
}
