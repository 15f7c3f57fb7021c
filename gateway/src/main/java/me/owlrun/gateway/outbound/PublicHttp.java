package me.owlrun.gateway.outbound;

import me.owlrun.gateway.outbound.Fetched.Fault;
import me.owlrun.gateway.outbound.ResponseReader.Response;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.net.ssl.SSLSocketFactory;

/// Asks servers whose names strangers chose. Only https to public addresses, few redirects, each
/// looked at like the first address; an end to everything that a server can draw out or blow up.
/// The JDK's own client cannot be told which address to connect to. Thread-safe.
public final class PublicHttp {

    /// Bytes of an answer, when nothing else is said.
    public static final int BODY_BYTES = 65_536;

    private static final Duration EXCHANGE_MAX = Duration.ofSeconds(10);
    private static final int HTTPS_PORT = 443;
    private static final int REDIRECTS_MAX = 3;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final HostTurns turns = new HostTurns();
    private final Dialer dialer;
    private final Duration exchangeMax;

    /// @param dialer opens the connections
    /// @param exchangeMax how long one question may take, redirects included
    PublicHttp(Dialer dialer, Duration exchangeMax) {
        this.dialer = dialer;
        this.exchangeMax = exchangeMax;
    }

    /// The client for the public network.
    public static PublicHttp create() {
        return new PublicHttp(publicDialer(), EXCHANGE_MAX);
    }

    /// A client for play money, to which some hosts are servers on this machine.
    ///
    /// @param servers for a host's name, the `http://address:port` of the server that plays it
    public static PublicHttp withPlayHosts(Map<String, URI> servers) {
        return new PublicHttp(new PlayDialer(servers, publicDialer()), EXCHANGE_MAX);
    }

    private static Dialer publicDialer() {
        return new TlsDialer(
                host -> List.of(InetAddress.getAllByName(host)),
                PublicAddresses::contain,
                HTTPS_PORT,
                (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    /// Whether an address has the form that we ask at all; where it leads is looked at later.
    public static boolean isAllowedForm(URI uri) {
        try {
            return !Target.of(uri).host().isEmpty();
        } catch (FetchException e) {
            return false;
        }
    }

    /// Gets a document.
    ///
    /// @param bodyBytesMax the most it may have
    public Fetched get(URI uri, int bodyBytesMax) {
        Deadline deadline = Deadline.in(exchangeMax);
        try {
            Target target = Target.of(uri);
            for (int redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
                Response response = getOnce(target, bodyBytesMax, deadline);
                if (!REDIRECTS.contains(response.status()) || response.location().isEmpty()) {
                    return new Fetched.Answer(response.status(), response.body());
                }
                target = target.follow(response.location().get());
            }
            return new Fetched.Failed(Fault.REDIRECTS, "too many redirects");
        } catch (FetchException e) {
            return e.toFailed();
        }
    }

    private Response getOnce(Target target, int bodyBytesMax, Deadline deadline)
            throws FetchException {
        turns.begin(target.host(), deadline);
        try {
            return dialer.dial(
                    target.host(), deadline, socket -> ask(socket, target, bodyBytesMax));
        } finally {
            turns.end(target.host());
        }
    }

    private static Response ask(Socket socket, Target target, int bodyBytesMax)
            throws IOException, FetchException {
        String head =
                "GET "
                        + target.path()
                        + " HTTP/1.1\r\nHost: "
                        + target.host()
                        + "\r\nAccept: application/json\r\nAccept-Encoding: identity"
                        + "\r\nUser-Agent: owlrun\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        return new ResponseReader(new BufferedInputStream(socket.getInputStream()), bodyBytesMax)
                .read();
    }
}
