package me.owlrun.limit;

/// The header in which the operator's proxy names the client. Only one is read: the other one would
/// be passed through from strangers.
public enum ProxyHeader {
    /// `X-Forwarded-For`.
    X_FORWARDED_FOR("x-forwarded-for"),
    /// `Forwarded` (RFC 7239).
    FORWARDED("forwarded");

    private final String headerName;

    ProxyHeader(String headerName) {
        this.headerName = headerName;
    }

    /// Its name in lower case.
    public String headerName() {
        return headerName;
    }
}
