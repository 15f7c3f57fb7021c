package me.owlrun.batch;

/// Says that the work of a batch failed; whether it took hold is unknown, and asking again is safe.
final class BatchException extends RuntimeException {

    BatchException(Throwable cause) {
        super("a batch failed", cause);
    }
}
