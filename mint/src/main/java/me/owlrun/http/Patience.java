package me.owlrun.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Predicate;

/// How long a listener waits for those who send slowly, and how many connections one address may
/// hold.
///
/// @param headersMax from a request's first line to the end of its headers
/// @param bodyMax for a whole body that is read at once
/// @param connectionsPerAddress connections of one address; 0: no limit
/// @param uncounted addresses without that limit: the operator's own, and proxies
public record Patience(
        Duration headersMax,
        Duration bodyMax,
        int connectionsPerAddress,
        Predicate<InetAddress> uncounted) {

    /// Deadlines, and no limit of connections.
    public static final Patience USUAL =
            new Patience(Duration.ofSeconds(10), Duration.ofSeconds(30), 0, address -> true);
}
