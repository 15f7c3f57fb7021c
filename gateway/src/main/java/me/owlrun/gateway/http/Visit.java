package me.owlrun.gateway.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Who sends a request, before anything of it is read.
///
/// @param route what it is about
/// @param peer the other end of the connection
/// @param headers all lines of a header, by its name in lower case
/// @param key the buyer's key that pays; empty when ecash does, or nothing
public record Visit(
        Route route,
        InetAddress peer,
        Function<String, List<String>> headers,
        Optional<String> key) {

    @Override
    public String toString() {
        return "Visit[" + route + "]";
    }
}
