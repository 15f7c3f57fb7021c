package me.owlrun.db;

/// Says that the database could not do what it had to; the cause is the driver's exception.
public final class DatabaseException extends RuntimeException {

    /// @param message what was tried and what to do
    /// @param cause what the driver said
    public DatabaseException(String message, Throwable cause) {
        super(message, cause);
    }

    /// @param message what is wrong and what to do
    public DatabaseException(String message) {
        super(message);
    }
}
