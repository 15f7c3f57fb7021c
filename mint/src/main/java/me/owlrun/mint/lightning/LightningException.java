package me.owlrun.mint.lightning;

/// Says that a node did not give an answer; what it did meanwhile is not known.
public class LightningException extends RuntimeException {

    /// @param message what was asked and what went wrong, free of secrets
    public LightningException(String message) {
        super(message);
    }
}
