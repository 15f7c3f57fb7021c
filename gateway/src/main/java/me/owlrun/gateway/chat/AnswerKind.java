package me.owlrun.gateway.chat;

import java.util.List;

/// Which kind of answer a node's frames are to become: each has its own list of fields that pass.
enum AnswerKind {
    /// A chat completion: texts and calls of tools.
    CHAT,
    /// A plain completion: one text.
    COMPLETION;

    private static final List<String> CHAT_TEXTS =
            List.of("content", "reasoning", "reasoning_content", "refusal");
    private static final List<String> COMPLETION_TEXTS = List.of("text");

    /// The fields of text; the first is where the answer itself stands.
    List<String> texts() {
        return switch (this) {
            case CHAT -> CHAT_TEXTS;
            case COMPLETION -> COMPLETION_TEXTS;
        };
    }

    /// Whether calls of tools pass.
    boolean hasToolCalls() {
        return this == CHAT;
    }
}
