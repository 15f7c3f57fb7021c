package me.owlrun.up;

/// Says why the parts could not be started; the message says what to do.
final class UpException extends RuntimeException {

    UpException(String message) {
        super(message);
    }

    UpException(String message, Throwable cause) {
        super(message, cause);
    }
}
