package me.owlrun.gateway.outbound;

import me.owlrun.gateway.outbound.Fetched.Fault;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/// An address of allowed form: https, a public name, an allowed port, nobody's password.
///
/// @param host in lower case
/// @param path path and query as they are sent
record Target(URI uri, String host, int port, String path) {

    private static final int CHARS_MAX = 4_096;
    private static final int PORT = 443;

    static Target of(URI uri) throws FetchException {
        return of(uri, Set.of(PORT));
    }

    /// The same where other ports are allowed, too.
    static Target of(URI uri, Set<Integer> ports) throws FetchException {
        URI ascii = URI.create(uri.toASCIIString());
        String host = ascii.getHost();
        if (!"https".equalsIgnoreCase(ascii.getScheme())) {
            throw forbidden("only https");
        }
        if (ascii.toString().length() > CHARS_MAX) {
            throw forbidden("the address is too long");
        }
        if (ascii.getRawUserInfo() != null) {
            throw forbidden("no user in an address");
        }
        int port = ascii.getPort() == -1 ? PORT : ascii.getPort();
        if (!ports.contains(port)) {
            throw forbidden(ports.size() == 1 ? "only port 443" : "the port is not allowed");
        }
        if (host == null || !HostNames.isPublicForm(host)) {
            throw forbidden("the host is no public name");
        }
        String path = ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath();
        String query = ascii.getRawQuery() == null ? "" : "?" + ascii.getRawQuery();
        return new Target(ascii, host.toLowerCase(Locale.ROOT), port, path + query);
    }

    /// The name as a request says it.
    String authority() {
        return port == PORT ? host : host + ":" + port;
    }

    /// Where a redirect leads.
    Target follow(String location) throws FetchException {
        try {
            return of(uri.resolve(new URI(location)));
        } catch (URISyntaxException e) {
            throw new FetchException(Fault.BROKEN, "a redirect leads nowhere");
        }
    }

    private static FetchException forbidden(String detail) {
        return new FetchException(Fault.FORBIDDEN, detail);
    }
}
