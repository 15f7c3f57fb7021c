package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.Optional;
import java.util.OptionalLong;

/// What a frame of a node means once it is cleaned.
sealed interface NodeFrame {

    /// What a node says that it counted; either number may be missing.
    record Report(OptionalLong promptTokens, OptionalLong completionTokens) {}

    /// A piece of the answer, or its end, or the node's count, or several of these.
    ///
    /// @param delta what is added to the message, only known fields; may be empty
    /// @param logprobs only known fields, too
    /// @param finishReason why the answer ends, if it does
    /// @param usage the node's count, if it is there
    /// @param contentBytes UTF-8 bytes of text in the delta
    record Piece(
            ObjectNode delta,
            Optional<JsonNode> logprobs,
            Optional<String> finishReason,
            Optional<Report> usage,
            int contentBytes)
            implements NodeFrame {

        boolean hasContent() {
            return contentBytes > 0;
        }

        /// All text in it, one after the other: what tokens can have been spent on.
        String text() {
            StringBuilder text = new StringBuilder();
            delta.properties()
                    .forEach(field -> {
                        boolean repeats =
                                field.getKey().equals("reasoning_content")
                                        && field.getValue().equals(delta.path("reasoning"));
                        if (field.getValue().isTextual() && !repeats) {
                            text.append(field.getValue().textValue());
                        }
                    });
            for (JsonNode call : delta.path("tool_calls")) {
                text.append(call.path("function").path("name").asText(""));
                text.append(call.path("function").path("arguments").asText(""));
            }
            return text.toString();
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
