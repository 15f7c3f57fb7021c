package me.owlrun.bech32;

import java.util.Locale;
import java.util.Optional;

/// Bech32 (BIP 173) and Bech32m (BIP 350) without their length limit: a prefix, `1`, and words of 5
/// bits with a checksum of 6 words.
public final class Bech32 {

    private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private static final int CHECKSUM_WORDS = 6;
    private static final int[] GENERATOR = {
        0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
    };

    private final String prefix;
    private final byte[] words;

    /// How the checksum ends.
    public enum Variant {
        /// BIP 173: invoices, LNURL, Nostr names.
        BECH32(1),
        /// BIP 350: payment requests.
        BECH32M(0x2bc830a3);

        private final int constant;

        Variant(int constant) {
            this.constant = constant;
        }
    }

    /// @param prefix what stands before the last `1`, in lower case
    /// @param words values 0 to 31 without the checksum; not changed any more
    public Bech32(String prefix, byte[] words) {
        this.prefix = prefix;
        this.words = words;
    }

    /// What stands before the last `1`, in lower case.
    public String prefix() {
        return prefix;
    }

    /// The words without the checksum; not to be changed.
    public byte[] words() {
        return words;
    }

    /// Reads a text in one letter case; empty when it is anything else, or the checksum is wrong.
    public static Optional<Bech32> decode(String text, Variant variant) {
        String lower = text.toLowerCase(Locale.ROOT);
        boolean mixed = !text.equals(lower) && !text.equals(text.toUpperCase(Locale.ROOT));
        int separator = lower.lastIndexOf('1');
        if (mixed || separator < 1 || lower.length() - separator - 1 < CHECKSUM_WORDS) {
            return Optional.empty();
        }
        String prefix = lower.substring(0, separator);
        byte[] all = new byte[lower.length() - separator - 1];
        for (int i = 0; i < all.length; i++) {
            int value = ALPHABET.indexOf(lower.charAt(separator + 1 + i));
            if (value < 0) {
                return Optional.empty();
            }
            all[i] = (byte) value;
        }
        boolean visible = prefix.chars().allMatch(c -> c > 32 && c < 127);
        if (!visible || checksum(prefix, all) != variant.constant) {
            return Optional.empty();
        }
        byte[] words = new byte[all.length - CHECKSUM_WORDS];
        System.arraycopy(all, 0, words, 0, words.length);
        return Optional.of(new Bech32(prefix, words));
    }

    /// Writes it in lower case.
    public String encode(Variant variant) {
        byte[] all = new byte[words.length + CHECKSUM_WORDS];
        System.arraycopy(words, 0, all, 0, words.length);
        int checksum = checksum(prefix, all) ^ variant.constant;
        StringBuilder text = new StringBuilder(prefix).append('1');
        for (int i = 0; i < CHECKSUM_WORDS; i++) {
            int shift = 5 * (CHECKSUM_WORDS - 1 - i);
            all[words.length + i] = (byte) ((checksum >>> shift) & 31);
        }
        for (byte word : all) {
            text.append(ALPHABET.charAt(word));
        }
        return text.toString();
    }

    private static int checksum(String prefix, byte[] words) {
        int state = 1;
        for (int i = 0; i < prefix.length(); i++) {
            state = step(state, prefix.charAt(i) >>> 5);
        }
        state = step(state, 0);
        for (int i = 0; i < prefix.length(); i++) {
            state = step(state, prefix.charAt(i) & 31);
        }
        for (byte word : words) {
            state = step(state, word);
        }
        return state;
    }

    private static int step(int state, int word) {
        int top = state >>> 25;
        int next = ((state & 0x1ffffff) << 5) ^ word;
        for (int i = 0; i < GENERATOR.length; i++) {
            if (((top >>> i) & 1) == 1) {
                next ^= GENERATOR[i];
            }
        }
        return next;
    }
}
