package me.owlrun.gateway.meter;

/// How many tokens a text can have cost at most, whatever the tokenizer: a token is at least one
/// byte, and in a run of ASCII letters three letters are at most two tokens, because every
/// vocabulary has most pairs of letters. Runs go on over the borders of frames, so that cutting a
/// word into frames gains nothing. Not thread-safe.
final class TokenBound {

    private static final int RUN_LETTERS = 3;
    private static final int RUN_TOKENS = 2;
    private static final int ASCII_END = 0x80;
    private static final int TWO_BYTES_END = 0x800;

    private long closed;
    private long run;

    /// Adds the next text.
    void add(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isLetter(c)) {
                run++;
            } else {
                closed += runTokens() + utf8Bytes(c);
                run = 0;
            }
        }
    }

    /// The bound for everything added.
    long tokens() {
        return closed + runTokens();
    }

    private long runTokens() {
        return Math.ceilDiv(run * RUN_TOKENS, RUN_LETTERS);
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    /// Bytes of one character in UTF-8; of a half of a pair, half of the pair's four.
    private static int utf8Bytes(char c) {
        if (c < ASCII_END) {
            return 1;
        }
        return c < TWO_BYTES_END || Character.isSurrogate(c) ? 2 : 3;
    }
}
