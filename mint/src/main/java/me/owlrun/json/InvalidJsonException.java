package me.owlrun.json;

/// Says that a text is not the JSON we accept; the message names the place, never the content.
public final class InvalidJsonException extends RuntimeException {

    /// @param message what is wrong and where, free of the content itself
    public InvalidJsonException(String message) {
        super(message);
    }
}
