package me.owlrun.gateway.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a text can have cost at most, and that real tokenizers stay below it.
final class TokenBoundTest {

    private static long bound(String... texts) {
        TokenBound bound = new TokenBound();
        for (String text : texts) {
            bound.add(text);
        }
        return bound.tokens();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    ``       | 0
                    a        | 1
                    ab       | 2
                    abc      | 2
                    abcdef   | 4
                    a1b2     | 4
                    12 34    | 5
                    üü       | 4
                    日本     | 6
                    🦉       | 4
                    """)
    void tokens_ofAText_areTheBound(String text, long tokens) {
        assertEquals(tokens, bound(text));
    }

    @Test
    void tokens_ofAWordInPieces_areThoseOfTheWord() {
        String word = "antidisestablishmentarianism";
        assertEquals(bound(word), bound(word.split("")));
        assertTrue(bound(word) < word.length());
    }

    /// Counts that published tokenizers give; the longest of several.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Hello, world! How are you today?        | 9
                    {"a":1,"b":[2,3]}                       | 13
                    I am a boy.                             | 5
                    x = y + z * 2;                          | 8
                    192.168.0.1                             | 11
                    """)
    void tokens_ofOrdinaryText_areAboveRealCounts(String text, long real) {
        assertTrue(bound(text) >= real, text);
    }
}
