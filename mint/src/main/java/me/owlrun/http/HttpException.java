package me.owlrun.http;

/// Says that a listener could not be started; the message says what to do.
public final class HttpException extends RuntimeException {

    /// @param message what is wrong and what to do
    public HttpException(String message) {
        super(message);
    }
}
