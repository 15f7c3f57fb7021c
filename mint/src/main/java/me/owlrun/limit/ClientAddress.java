package me.owlrun.limit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// Finds out whom a request comes from. What a proxy says of it counts only when the proxy is in a
/// trusted network: then the right-most hop that is not itself trusted is the client. Everything
/// left of it was written by strangers.
public final class ClientAddress {

    private static final int IPV6_NETWORK_BYTES = 8;

    private final Networks trustedProxies;
    private final ProxyHeader header;

    /// @param trustedProxies whose word counts
    /// @param header where they give it
    public ClientAddress(Networks trustedProxies, ProxyHeader header) {
        this.trustedProxies = trustedProxies;
        this.header = header;
    }

    /// The address of who sent a request.
    ///
    /// @param peer the other end of the connection
    /// @param headers all lines of a header of the request, by its name in lower case
    public InetAddress of(InetAddress peer, Function<String, List<String>> headers) {
        InetAddress client = peer;
        if (!trustedProxies.contain(client)) {
            return client;
        }
        List<String> hops = hops(headers.apply(header.headerName()));
        for (String hop : hops.reversed()) {
            Optional<InetAddress> address = address(hop);
            if (address.isEmpty()) {
                return client; // the nearest hop that is known for certain
            }
            client = address.get();
            if (!trustedProxies.contain(client)) {
                return client;
            }
        }
        return client;
    }

    private List<String> hops(List<String> lines) {
        List<String> hops = new ArrayList<>();
        for (String line : lines) {
            for (String element : line.split(",", -1)) {
                hops.add(header == ProxyHeader.FORWARDED ? forwardedFor(element) : element.strip());
            }
        }
        return hops;
    }

    /// The value of `for=` in one element of the header `Forwarded` (RFC 7239).
    private static String forwardedFor(String element) {
        return Arrays.stream(element.split(";", -1))
                .map(String::strip)
                .filter(pair -> pair.toLowerCase(Locale.ROOT).startsWith("for="))
                .map(pair -> pair.substring("for=".length()).replace("\"", ""))
                .findFirst()
                .orElse("");
    }

    /// An address with or without brackets and port.
    private static Optional<InetAddress> address(String hop) {
        String bare = hop;
        int bracket = hop.indexOf(']');
        if (hop.startsWith("[") && bracket > 0) {
            bare = hop.substring(1, bracket);
        } else if (hop.indexOf(':') > 0 && hop.indexOf(':') == hop.lastIndexOf(':')) {
            bare = hop.substring(0, hop.indexOf(':'));
        }
        try {
            return Optional.of(InetAddress.ofLiteral(bare));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// What limits count by: a provider hands a household a whole IPv6 /64, so that is one client.
    public static String key(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(bytes, 0, IPV6_NETWORK_BYTES)
                : HexFormat.of().formatHex(bytes);
    }
}
