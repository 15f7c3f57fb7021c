package me.owlrun.mint.subscribe;

import me.owlrun.cashu.CashuFormatException;
import me.owlrun.cashu.Point;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// What can be subscribed to.
public enum Kind {
    /// Mint quotes, by their identifier.
    MINT_QUOTE("bolt11_mint_quote", 'm'),
    /// Melt quotes, by their identifier.
    MELT_QUOTE("bolt11_melt_quote", 'l'),
    /// Proofs, by their point Y.
    PROOF("proof_state", 'p');

    private final String text;
    private final char letter;

    Kind(String text, char letter) {
        this.text = text;
        this.letter = letter;
    }

    /// Its name in NUT-17.
    public String text() {
        return text;
    }

    char letter() {
        return letter;
    }

    static Optional<Kind> of(String text) {
        return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
    }

    static Optional<Kind> of(char letter) {
        return Arrays.stream(values()).filter(kind -> kind.letter == letter).findFirst();
    }

    /// The one form of a filter under which changes are found.
    ///
    /// @return empty when nothing can have this identifier
    Optional<String> filter(String given) {
        try {
            return Optional.of(
                    switch (this) {
                        case MINT_QUOTE, MELT_QUOTE -> UUID.fromString(given).toString();
                        case PROOF -> Point.fromHex(given.toLowerCase(Locale.ROOT)).toHex();
                    });
        } catch (CashuFormatException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
