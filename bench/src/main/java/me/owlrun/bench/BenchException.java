package me.owlrun.bench;

/// A run that cannot go on; the message says why, for a person.
final class BenchException extends RuntimeException {

    BenchException(String message) {
        super(message);
    }

    BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
