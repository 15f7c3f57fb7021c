package me.owlrun.gateway.outbound;

import me.owlrun.config.Secret;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

import javax.net.ssl.SSLSocketFactory;

/// Asks servers whose names strangers chose, with a secret of the stranger, and hands on the answer
/// as it comes. As careful as [PublicHttp], but no redirect is followed, since the secret would go
/// along. Every call looks the name up once and has a connection of its own; a call ends at once
/// when its thread is interrupted. Thread-safe.
public final class PublicCalls {

    private static final int HTTPS_PORT = 443;

    private final Set<Integer> ports;
    private final IntFunction<Dialer> dialers;

    /// @param ports those that may be asked
    /// @param dialers opens connections to a port
    PublicCalls(Set<Integer> ports, IntFunction<Dialer> dialers) {
        this.ports = Set.copyOf(ports);
        this.dialers = dialers;
    }

    /// The client for the public network.
    ///
    /// @param morePorts ports that may be asked beside 443
    /// @param playHosts for play money: hosts that are servers on this machine, whatever the port
    public static PublicCalls create(Set<Integer> morePorts, Map<String, URI> playHosts) {
        Set<Integer> ports = new HashSet<>(morePorts);
        ports.add(HTTPS_PORT);
        TimedResolver resolver = new TimedResolver(host -> List.of(InetAddress.getAllByName(host)));
        return new PublicCalls(
                ports,
                port ->
                        new PlayDialer(
                                playHosts,
                                new TlsDialer(
                                        resolver,
                                        PublicAddresses::contain,
                                        port,
                                        (SSLSocketFactory) SSLSocketFactory.getDefault())));
    }

    /// What a server is asked.
    ///
    /// @param bearer shown to it and to nobody else
    /// @param json sent by POST; a GET without it
    public record Question(URI uri, Secret bearer, Optional<String> json) {

        /// Without what a buyer wrote.
        @Override
        public String toString() {
            return "Question[" + uri + "]";
        }
    }

    /// Why an address cannot be asked, as far as its form tells; empty when it can.
    public Optional<String> refusal(URI uri) {
        try {
            return Target.of(uri, ports).host().isEmpty()
                    ? Optional.of("no host")
                    : Optional.empty();
        } catch (FetchException e) {
            return Optional.of(e.toFailed().detail());
        }
    }

    /// Asks.
    ///
    /// @param bodyBytesMax the most an answer may have
    /// @param exchangeMax how long everything may take
    /// @return why there was no whole answer; empty when it was there or no more was wanted
    public Optional<Fetched.Failed> ask(
            Question question, int bodyBytesMax, Duration exchangeMax, AnswerTaker taker) {
        try {
            Target target = Target.of(question.uri(), ports);
            return dialers.apply(target.port())
                    .dial(
                            target.host(),
                            Deadline.in(exchangeMax),
                            socket -> {
                                exchange(socket, target, question, bodyBytesMax, taker);
                                return Optional.empty();
                            });
        } catch (FetchException e) {
            return Optional.of(e.toFailed());
        }
    }

    private static void exchange(
            Socket socket, Target target, Question question, int bodyBytesMax, AnswerTaker taker)
            throws IOException, FetchException {
        byte[] body = question.json().orElse("").getBytes(StandardCharsets.UTF_8);
        OutputStream out = socket.getOutputStream();
        out.write(head(target, question, body.length).getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
        taker.sent();
        ResponseReader reader =
                new ResponseReader(new BufferedInputStream(socket.getInputStream()), bodyBytesMax);
        ResponseReader.Head head = reader.head();
        if (taker.begins(head.status(), head.only("retry-after"))) {
            reader.body(head, taker::piece);
        }
    }

    private static String head(Target target, Question question, int bodyBytes) {
        boolean post = question.json().isPresent();
        return (post ? "POST " : "GET ")
                + target.path()
                + " HTTP/1.1\r\nHost: "
                + target.authority()
                + "\r\nAuthorization: Bearer "
                + question.bearer().value()
                + "\r\nAccept: text/event-stream, application/json"
                + "\r\nAccept-Encoding: identity\r\nUser-Agent: owlrun\r\nConnection: close\r\n"
                + (post
                        ? "Content-Type: application/json\r\nContent-Length: " + bodyBytes + "\r\n"
                        : "")
                + "\r\n";
    }
}
