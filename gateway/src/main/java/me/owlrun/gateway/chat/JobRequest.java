package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.gateway.job.Task;
import me.owlrun.gateway.meter.PromptBound;

import java.util.Optional;
import java.util.OptionalLong;

/// A checked request in any of the formats, as the flow of money and work needs it.
interface JobRequest {

    /// The model asked for.
    String model();

    /// What a node has to do.
    Task task();

    /// The most tokens of answer the buyer wants, if it says.
    OptionalLong maxTokens();

    /// Whether the answer is made of tokens that are billed; that of an embedding is not.
    boolean writesTokens();

    /// What all turns of this conversation begin with, if it can have more than one.
    default Optional<JsonNode> beginning() {
        return Optional.empty();
    }

    /// How many tokens the prompt can be.
    PromptBound promptBound();

    /// The request as a node gets it, with nothing that tells who asks.
    ///
    /// @param tokensMax what the buyer can pay for
    /// @param contextLength what the model can hold; a bound beyond it is not sent
    byte[] forNode(long tokensMax, int contextLength);

    /// A fresh reader of one node's answer.
    FrameReader reader();

    /// A fresh answer to the buyer.
    Reply reply(ReplyPlace place);
}
