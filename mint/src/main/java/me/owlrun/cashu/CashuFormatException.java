package me.owlrun.cashu;

/// Says that a value from outside is not what the protocol allows (a point off the curve, a key of
/// the wrong length, an amount below zero). The message never holds the value itself.
public final class CashuFormatException extends RuntimeException {

    /// @param message what is wrong, free of secrets
    public CashuFormatException(String message) {
        super(message);
    }
}
