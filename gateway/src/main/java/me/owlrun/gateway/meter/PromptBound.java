package me.owlrun.gateway.meter;

/// How many tokens a request can be: no token is shorter than a byte of its JSON text, whose quotes
/// and names outweigh what chat templates add; an image counts by a flat bound.
///
/// @param textBytes bytes of the request without its images
/// @param images how many images it carries
public record PromptBound(long textBytes, int images) {

    /// Tokens an image is at most worth in the models nodes run.
    static final int IMAGE_TOKENS_MAX = 4_096;

    /// Tokens that a chat template may add beyond the JSON text.
    static final int TEMPLATE_TOKENS_MAX = 128;

    /// Tokens that a model puts around each input of an embedding.
    public static final int INPUT_TOKENS_MAX = 8;

    private static final int ESTIMATE_BYTES_PER_TOKEN = 4;

    /// The bound: no node can bill more prompt tokens.
    public long tokensMax() {
        return textBytes + TEMPLATE_TOKENS_MAX + (long) images * IMAGE_TOKENS_MAX;
    }

    /// What is billed when a node does not report: four bytes to a token.
    public long tokensEstimate() {
        return Math.ceilDiv(textBytes, ESTIMATE_BYTES_PER_TOKEN);
    }
}
