package me.owlrun.gateway.chat;

/// Makes a node's text fit for UTF-8: JSON may name halves of characters that nobody can write.
final class SafeText {

    private static final char REPLACEMENT = '\uFFFD';

    private SafeText() {}

    /// The text with every half of a character replaced by U+FFFD.
    static String of(String text) {
        int bad = firstBad(text, 0);
        if (bad < 0) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text);
        while (bad >= 0) {
            safe.setCharAt(bad, REPLACEMENT);
            bad = firstBad(safe, bad + 1);
        }
        return safe.toString();
    }

    private static int firstBad(CharSequence text, int from) {
        int i = from;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i += 2;
            } else if (Character.isSurrogate(c)) {
                return i;
            } else {
                i++;
            }
        }
        return -1;
    }

    /// Bytes of the text in UTF-8.
    static int utf8Length(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }
}
