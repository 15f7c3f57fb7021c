package me.owlrun.gateway.chat;

/// Which kind of answer a node's frames are to become.
enum AnswerKind {
    /// A chat completion: texts and calls of tools.
    CHAT,
    /// A plain completion: one text.
    COMPLETION
}
