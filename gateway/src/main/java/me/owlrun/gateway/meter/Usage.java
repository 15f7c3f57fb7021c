package me.owlrun.gateway.meter;

/// The tokens of one answer.
///
/// @param promptTokens tokens of the request
/// @param completionTokens tokens of the answer, thinking included
public record Usage(long promptTokens, long completionTokens) {

    /// @throws IllegalArgumentException when a count is negative
    public Usage {
        if (promptTokens < 0 || completionTokens < 0) {
            throw new IllegalArgumentException("a count of tokens is not negative");
        }
    }

    /// Both together.
    public long totalTokens() {
        return Math.addExact(promptTokens, completionTokens);
    }
}
