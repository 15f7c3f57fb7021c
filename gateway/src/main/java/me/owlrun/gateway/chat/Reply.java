package me.owlrun.gateway.chat;

import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.pay.Receipt;

/// The answer to the buyer, streamed or whole. Any method but [#restart] may say that the buyer is
/// gone by a [BuyerGoneException].
interface Reply extends AutoCloseable {

    /// A node has taken the job.
    void accepted();

    /// Time has passed without news.
    void tick();

    /// Takes a piece of the answer.
    void piece(NodeFrame.Piece piece);

    /// Whether another node may begin the answer anew.
    boolean canRestart();

    /// Forgets what the node before has said.
    void restart();

    /// The answer is complete; called before its change is made.
    ///
    /// @param finishReason why it ends
    void answered(String finishReason);

    /// Sends the rest: usage and change.
    void settled(Receipt receipt);

    /// Sends an error and the change.
    void failed(ApiError error, Receipt refund);

    @Override
    void close();
}
