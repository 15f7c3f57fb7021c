package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.meter.Usage;

import java.util.Optional;

/// What a frame of a node means once it is cleaned.
sealed interface NodeFrame {

    /// A piece of the answer, or its end, or the node's count, or several of these.
    ///
    /// @param delta what is added to the message, only known fields; may be empty
    /// @param logprobs as the engine made them
    /// @param finishReason why the answer ends, if it does
    /// @param usage the node's count, if it is there
    /// @param contentBytes UTF-8 bytes of text in the delta
    record Piece(
            ObjectNode delta,
            Optional<JsonNode> logprobs,
            Optional<String> finishReason,
            Optional<Usage> usage,
            int contentBytes)
            implements NodeFrame {

        boolean hasContent() {
            return contentBytes > 0;
        }

        @Override
        public String toString() {
            return "Piece[contentBytes=" + contentBytes + "]";
        }
    }

    /// The engine says that it has sent all.
    record End() implements NodeFrame {}

    /// The engine reports an error.
    record EngineError() implements NodeFrame {}

    /// Nothing that matters.
    record Nothing() implements NodeFrame {}
}
