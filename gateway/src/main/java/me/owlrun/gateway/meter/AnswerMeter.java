package me.owlrun.gateway.meter;

import java.util.OptionalLong;

/// Counts what passes of one answer and decides what of a node's report is believed. Not
/// thread-safe: the buyer's thread owns it.
///
/// Billed completion tokens are the smallest of: what the node reports (or one a frame when it does
/// not), [#FRAME_TOKENS_MAX] a frame, what the text can have cost ([TokenBound]), and the budget. A
/// few tokens that leave no trace (end marks, tokens inside a character) are granted to a report.
public final class AnswerMeter {

    /// Tokens that one frame is believed to carry.
    static final int FRAME_TOKENS_MAX = 4;

    /// Tokens that may be reported without any trace in the answer.
    static final int TRACELESS_TOKENS_MAX = 8;

    private static final long UNKNOWN = -1;

    private final PromptBound prompt;
    private final long completionTokensMax;
    private final TokenBound text = new TokenBound();
    private long frames;
    private long reportedPromptTokens = UNKNOWN;
    private long reportedCompletionTokens = UNKNOWN;

    /// @param prompt what the request can be at most
    /// @param completionTokensMax what the buyer asked for and can pay
    public AnswerMeter(PromptBound prompt, long completionTokensMax) {
        this.prompt = prompt;
        this.completionTokensMax = completionTokensMax;
    }

    /// Counts a frame that carries a piece of the answer to the buyer.
    ///
    /// @param passed all text in it
    public void frame(String passed) {
        frames++;
        text.add(passed);
    }

    /// Takes note of the node's count of the request; a later one replaces an earlier one.
    public void reportedPrompt(long tokens) {
        reportedPromptTokens = tokens;
    }

    /// Takes note of the node's count of the answer; a later one replaces an earlier one.
    public void reportedCompletion(long tokens) {
        reportedCompletionTokens = tokens;
    }

    /// Whether the budget is used up, as far as frames tell, so that nothing more may pass.
    public boolean isSpent() {
        return frames >= completionTokensMax;
    }

    /// Whether any piece of the answer passed.
    public boolean hasContent() {
        return frames > 0;
    }

    /// Whether the node reports more than twice what the text can have cost: beyond any doubt about
    /// how it counts.
    public boolean isOverReported() {
        return reportedCompletionTokens > 2 * (text.tokens() + TRACELESS_TOKENS_MAX);
    }

    /// The node's count of the answer; empty when it gave none.
    public OptionalLong reportedCompletion() {
        return reportedCompletionTokens == UNKNOWN
                ? OptionalLong.empty()
                : OptionalLong.of(reportedCompletionTokens);
    }

    /// The tokens to bill.
    public Usage usage() {
        long promptTokens =
                reportedPromptTokens == UNKNOWN
                        ? Math.min(prompt.tokensEstimate(), prompt.tokensMax())
                        : Math.min(reportedPromptTokens, prompt.tokensMax());
        long completionTokens =
                reportedCompletionTokens == UNKNOWN
                        ? Math.min(frames, text.tokens())
                        : Math.min(reportedCompletionTokens, plausibleTokens());
        return new Usage(promptTokens, Math.min(completionTokens, completionTokensMax));
    }

    private long plausibleTokens() {
        long byFrames = FRAME_TOKENS_MAX * frames;
        return Math.min(byFrames, text.tokens()) + TRACELESS_TOKENS_MAX;
    }
}
