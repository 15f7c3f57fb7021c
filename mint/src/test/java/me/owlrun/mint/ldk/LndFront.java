package me.owlrun.mint.ldk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/// LND's REST over our node of an [LdkPair]: the same paths, fields, states and errors, so that a
/// client made for LND meets real invoices and real payments.
///
/// ```java
/// LdkPair pair = LdkPair.shared();
/// try (LndFront front = LndFront.startTls(pair)) {
///     // Point the client at front.address(), front.macaroonHex(), front.certificatePem().
///     String request = pair.worldInvoice(Msat.ofSat(1000), "held", Reception.HOLD);
///     // Pay it: it hangs, and a look-up says IN_FLIGHT.
///     pair.settle(hash); // or pair.failBack(hash)
/// }
/// ```
///
/// Payments and invoices belong to the pair: another front over the same pair knows them, so that
/// closing a front and starting one at the same port is a node that was away. A lost answer is
/// [#cutNext], a request that never came is [#dropNext], a slow answer is [#delayNext]. A JDK
/// client repeats a GET by itself when its connection breaks, so faults fit the POSTs.
///
/// As in LND: the payment hash makes paying safe to repeat, as a hash that is in flight or paid is
/// refused with code 6, and one that failed may be sent again; without a macaroon it is HTTP 500
/// with code 2; a stream is silent, headers included, until its first line; a subscription from
/// index 0 brings nothing that is past; an unknown field is refused. Not as in LND: there is one
/// attempt and one way; `timeout_seconds`, `max_parts` and `cltv_limit` change nothing; a payment
/// has one part; nothing outlives the process.
public final class LndFront implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String MACAROON = "0201036c6e6402067465737473";
    private static final Set<String> SEND_FIELDS =
            Set.of(
                    "payment_request",
                    "amt",
                    "amt_msat",
                    "fee_limit_sat",
                    "fee_limit_msat",
                    "timeout_seconds",
                    "no_inflight_updates",
                    "max_parts",
                    "cltv_limit",
                    "allow_self_payment",
                    "time_pref",
                    "max_shard_size_msat");
    private static final Set<String> INVOICE_FIELDS =
            Set.of("memo", "value", "value_msat", "expiry", "r_preimage", "private", "is_amp");

    private final LndFaults faults = new LndFaults();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final LdkNode node;
    private final HttpServer server;
    private final Optional<SelfSigned> certificate;
    private final LndStreams streams;
    private final List<Route> routes;
    private volatile boolean closed;

    private LndFront(LdkPair pair, int port, Optional<SelfSigned> certificate) {
        this.node = pair.ours();
        this.certificate = certificate;
        this.streams = new LndStreams(node, () -> closed);
        this.routes = routes(new LndCalls(node), streams);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try {
            this.server =
                    certificate.isPresent()
                            ? tls(address, certificate.get())
                            : HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private static HttpServer tls(InetSocketAddress address, SelfSigned certificate)
            throws IOException {
        HttpsServer server = HttpsServer.create(address, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
        return server;
    }

    /// Starts without TLS on a free port.
    public static LndFront start(LdkPair pair) {
        return startAt(pair, 0);
    }

    /// Starts without TLS on this port.
    public static LndFront startAt(LdkPair pair, int port) {
        return new LndFront(pair, port, Optional.empty());
    }

    /// Starts with TLS and a certificate for 127.0.0.1 that it signed itself, the same for all
    /// fronts of a run.
    public static LndFront startTls(LdkPair pair) {
        return startTlsAt(pair, 0);
    }

    /// Starts with TLS on this port.
    public static LndFront startTlsAt(LdkPair pair, int port) {
        return new LndFront(pair, port, Optional.of(Certificate.SHARED));
    }

    /// Made when first asked for; it takes a process of its own.
    private static final class Certificate {

        private static final SelfSigned SHARED = SelfSigned.make();
    }

    /// Where it listens, without a slash at its end.
    public URI address() {
        InetSocketAddress at = server.getAddress();
        String scheme = certificate.isPresent() ? "https" : "http";
        return URI.create(scheme + "://127.0.0.1:" + at.getPort());
    }

    /// What a client has to send as `Grpc-Metadata-macaroon`.
    public String macaroonHex() {
        return MACAROON;
    }

    /// The certificate of a front that was started with TLS.
    public String certificatePem() {
        return certificate.orElseThrow().pem();
    }

    /// Loses the answer to the next request to such a path: the request has its effect.
    public void cutNext(String path) {
        faults.add(new LndFaults.Fault(path, LndFaults.Kind.CUT, new CountDownLatch(0)));
    }

    /// Loses the next request to such a path: it has no effect.
    public void dropNext(String path) {
        faults.add(new LndFaults.Fault(path, LndFaults.Kind.DROP, new CountDownLatch(0)));
    }

    /// Lets the answer to the next request to such a path wait; the request has its effect.
    ///
    /// @return what lets the answer go
    public Runnable delayNext(String path) {
        CountDownLatch gate = new CountDownLatch(1);
        faults.add(new LndFaults.Fault(path, LndFaults.Kind.DELAY, gate));
        return gate::countDown;
    }

    /// Waits until so many subscriptions to invoices have begun, ended ones included. What is paid
    /// before the first one is heard by nobody.
    public void awaitListeners(int count) {
        if (!streams.awaitListeners(count, PATIENCE)) {
            throw new IllegalStateException("waited " + PATIENCE + " for a subscription");
        }
    }

    private interface Streamed {
        void answer(LndRequest request, LndAnswer answer) throws IOException;
    }

    /// One call.
    ///
    /// @param path all of the path, or its beginning when it ends with a slash
    /// @param stream whether the answer is lines
    private record Route(
            String method, String path, boolean stream, Set<String> fields, Streamed call) {

        boolean matches(String asked, String askedPath) {
            return method.equals(asked)
                    && (path.endsWith("/") ? askedPath.startsWith(path) : askedPath.equals(path));
        }
    }

    private static Route once(
            String method, String path, Set<String> fields, Function<LndRequest, ObjectNode> call) {
        return new Route(
                method,
                path,
                false,
                fields,
                (request, answer) -> {
                    ObjectNode body = call.apply(request);
                    answer.taken();
                    answer.write(200, body);
                });
    }

    private static List<Route> routes(LndCalls calls, LndStreams streams) {
        Set<String> none = Set.of();
        return List.of(
                once("GET", "/v1/getinfo", none, calls::getInfo),
                once("GET", "/v1/balance/channels", none, calls::channelBalance),
                once("POST", "/v1/invoices", INVOICE_FIELDS, calls::addInvoice),
                new Route(
                        "GET",
                        "/v1/invoices/subscribe",
                        true,
                        Set.of("add_index", "settle_index"),
                        streams::subscribe),
                once("GET", "/v1/invoice/", none, calls::lookupInvoice),
                once("GET", "/v1/payreq/", none, calls::decodePayReq),
                once(
                        "POST",
                        "/v2/router/route/estimatefee",
                        Set.of("payment_request", "timeout"),
                        calls::estimateRouteFee),
                new Route("POST", "/v2/router/send", true, SEND_FIELDS, streams::send),
                new Route(
                        "GET",
                        "/v2/router/track/",
                        true,
                        Set.of("no_inflight_updates"),
                        streams::track));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            LndFaults.Fault fault = faults.take(path);
            if (fault.kind() != LndFaults.Kind.DROP) {
                serve(exchange, path, new LndAnswer(exchange, fault));
            }
        } catch (LndAnswer.CutException e) {
            // Asked for by the test; the connection ends without an answer.
        }
    }

    private void serve(HttpExchange exchange, String path, LndAnswer answer) throws IOException {
        Optional<Route> route =
                routes.stream()
                        .filter(known -> known.matches(exchange.getRequestMethod(), path))
                        .findFirst();
        if (route.isEmpty()) {
            answer.write(404, LndError.notFound("Not Found").json());
            return;
        }
        try {
            LndRequest request =
                    LndRequest.read(exchange, route.get().path(), route.get().fields());
            checkMacaroon(exchange);
            route.get().call().answer(request, answer);
        } catch (LndError e) {
            if (route.get().stream()) {
                answer.writeStreamError(e);
            } else {
                answer.write(e.status(), e.json());
            }
        }
    }

    /// LND makes no HTTP 401 of it: its gateway turns any error without a code into 500.
    private static void checkMacaroon(HttpExchange exchange) {
        String given = exchange.getRequestHeaders().getFirst("Grpc-Metadata-macaroon");
        if (given == null) {
            throw LndError.unknown("expected 1 macaroon, got 0");
        }
        if (!MACAROON.equals(given)) {
            throw LndError.unknown("cannot get macaroon: signature mismatch");
        }
    }

    /// Ends all streams and stops listening. The node goes on.
    @Override
    public void close() {
        closed = true;
        node.changes().wake();
        server.stop(0);
        threads.shutdownNow();
        threads.close();
    }
}
