package me.owlrun.bech32;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// Groups of 5 bits, most significant first, and their ways to bytes and numbers.
public final class Words {

    private static final int WORD_BITS = 5;

    private Words() {}

    /// The words of these bytes; missing bits of the last word are zero.
    public static byte[] ofBytes(byte[] bytes) {
        byte[] words = new byte[Math.ceilDiv(8 * bytes.length, WORD_BITS)];
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            int value = (bytes[bit / 8] >>> (7 - bit % 8)) & 1;
            words[bit / WORD_BITS] |= (byte) (value << (WORD_BITS - 1 - bit % WORD_BITS));
        }
        return words;
    }

    /// The whole bytes of these words; bits left over are dropped.
    public static byte[] toBytes(byte[] words) {
        return Arrays.copyOf(toBytesPadded(words), words.length * WORD_BITS / 8);
    }

    /// The bytes of these words; the last byte is filled up with zero bits, as a signature hashes
    /// it.
    public static byte[] toBytesPadded(byte[] words) {
        byte[] bytes = new byte[Math.ceilDiv(words.length * WORD_BITS, 8)];
        for (int bit = 0; bit < words.length * WORD_BITS; bit++) {
            int value = (words[bit / WORD_BITS] >>> (WORD_BITS - 1 - bit % WORD_BITS)) & 1;
            bytes[bit / 8] |= (byte) (value << (7 - bit % 8));
        }
        return bytes;
    }

    /// The words of a number.
    ///
    /// @param count how many words
    public static byte[] ofNumber(long number, int count) {
        byte[] words = new byte[count];
        for (int i = 0; i < count; i++) {
            words[i] = (byte) ((number >>> (WORD_BITS * (count - 1 - i))) & 31);
        }
        return words;
    }

    /// The words of a number without leading zero words.
    public static byte[] ofNumber(long number) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(number);
        return ofNumber(number, Math.ceilDiv(bits, WORD_BITS));
    }

    /// The number in these words, at most 12 of them.
    public static long toNumber(byte[] words) {
        long number = 0;
        for (byte word : words) {
            number = (number << WORD_BITS) | word;
        }
        return number;
    }

    /// All of these, one after another.
    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
