package me.owlrun.gateway.meter;

/// Counts what passes of one answer and decides what of a node's report is believed. Not
/// thread-safe: the buyer's thread owns it.
///
/// A completion token fills at least one byte of some frame and frames rarely carry several tokens,
/// so a report beyond [#FRAME_TOKENS_MAX] tokens a frame, or beyond one token a byte, is cut. A few
/// tokens that leave no trace (end marks, tokens inside a character) are granted.
public final class AnswerMeter {

    /// Tokens that one frame is believed to carry.
    static final int FRAME_TOKENS_MAX = 4;

    /// Tokens that may be reported without any trace in the answer.
    static final int TRACELESS_TOKENS_MAX = 8;

    private final PromptBound prompt;
    private final long completionTokensMax;
    private long frames;
    private long bytes;
    private long reportedPromptTokens = -1;
    private long reportedCompletionTokens = -1;

    /// @param prompt what the request can be at most
    /// @param completionTokensMax what the buyer asked for and can pay
    public AnswerMeter(PromptBound prompt, long completionTokensMax) {
        this.prompt = prompt;
        this.completionTokensMax = completionTokensMax;
    }

    /// Counts a frame that carries a piece of the answer.
    ///
    /// @param contentBytes UTF-8 bytes of text in it
    public void frame(int contentBytes) {
        frames++;
        bytes += contentBytes;
    }

    /// Takes note of the node's own count; a later one replaces an earlier one.
    public void reported(long promptTokens, long completionTokens) {
        reportedPromptTokens = promptTokens;
        reportedCompletionTokens = completionTokens;
    }

    /// Whether the budget is used up, as far as frames tell, so that nothing more may pass.
    public boolean isSpent() {
        return frames >= completionTokensMax;
    }

    /// Whether any piece of the answer passed.
    public boolean hasContent() {
        return frames > 0;
    }

    /// The tokens to bill.
    public Usage usage() {
        long promptTokens =
                reportedPromptTokens < 0
                        ? prompt.tokensEstimate()
                        : Math.min(reportedPromptTokens, prompt.tokensMax());
        long completionTokens =
                reportedCompletionTokens < 0
                        ? frames
                        : Math.min(reportedCompletionTokens, plausibleTokens());
        return new Usage(promptTokens, Math.min(completionTokens, completionTokensMax));
    }

    private long plausibleTokens() {
        long byFrames = FRAME_TOKENS_MAX * frames;
        return Math.min(byFrames, Math.max(bytes, frames)) + TRACELESS_TOKENS_MAX;
    }
}
