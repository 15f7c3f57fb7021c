package me.owlrun.gateway.outbound;

/// Ends an exchange on its way out of the layers.
final class FetchException extends Exception {

    private final Fetched.Fault fault;

    /// @param detail a few words without anything the server sent
    FetchException(Fetched.Fault fault, String detail) {
        super(detail);
        this.fault = fault;
    }

    Fetched.Failed toFailed() {
        return new Fetched.Failed(fault, String.valueOf(getMessage()));
    }
}
