package me.owlrun.gateway.outbound;

import java.net.URI;

/// Asks servers whose names strangers chose. Thread-safe.
public final class PublicHttp {

    /// Bytes of an answer, when nothing else is said.
    public static final int BODY_BYTES = 65_536;

    /// Gets a document.
    ///
    /// @param bodyBytesMax the most it may have
    public Fetched get(URI uri, int bodyBytesMax) {
        return new Fetched.Failed(Fetched.Fault.FORBIDDEN, uri + " " + bodyBytesMax);
    }
}
