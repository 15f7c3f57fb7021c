package me.owlrun.gateway;

import java.util.List;

/// Answers that test nodes give.
final class TestAnswers {

    /// Two words, a finish, a count of tokens.
    static final List<String> HELLO =
            List.of(
                    """
                    {"id":"x","choices":[{"index":0,"delta":{"content":"Hel"}}]}\
                    """,
                    """
                    {"id":"x","choices":[{"index":0,"delta":{"content":"lo!"}}]}\
                    """,
                    """
                    {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\
                    """,
                    """
                    {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}\
                    """,
                    "[DONE]");

    private TestAnswers() {}
}
