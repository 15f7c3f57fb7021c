package me.owlrun.gateway.outbound;

/// How a request to the outside ended.
public sealed interface Fetched {

    /// The server answered.
    ///
    /// @param status its HTTP status, never a redirect
    /// @param body all of it, read as UTF-8
    record Answer(int status, String body) implements Fetched {}

    /// There is no answer.
    ///
    /// @param detail a few words without anything the server sent
    record Failed(Fault fault, String detail) implements Fetched {}

    /// Why there is no answer.
    enum Fault {
        /// The address is of a form, or leads to a network, that is not allowed.
        FORBIDDEN,
        /// The name does not resolve.
        NAME,
        /// Nobody takes the connection.
        CONNECT,
        /// The server does not prove its name.
        TLS,
        /// It took too long.
        TIMEOUT,
        /// Headers or body are larger than allowed.
        TOO_LARGE,
        /// What came is not HTTP as we read it, or the connection broke.
        BROKEN,
        /// One redirect too many.
        REDIRECTS
    }
}
