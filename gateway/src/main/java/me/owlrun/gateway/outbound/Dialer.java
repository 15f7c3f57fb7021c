package me.owlrun.gateway.outbound;

import java.io.IOException;
import java.net.Socket;

/// Opens connections to hosts.
interface Dialer {

    /// Opens one.
    ///
    /// @param host a name of allowed form, in lower case
    /// @param user works with the open connection
    /// @return what the user gives
    <T> T dial(String host, Deadline deadline, ConnectionUser<T> user) throws FetchException;

    /// Works with a connection that is closed afterwards.
    ///
    /// @param <T> what comes of it
    @FunctionalInterface
    interface ConnectionUser<T> {
        T use(Socket connection) throws IOException, FetchException;
    }
}
