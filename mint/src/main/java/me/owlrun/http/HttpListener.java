package me.owlrun.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.websocket.WsConfig;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.webserver.websocket.WsUpgrader;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/// An HTTP/1.1 listener with the house limits. Helidon's HTTP/2 stays out (one request can hang
/// it); a front proxy speaks it for public names.
public final class HttpListener implements AutoCloseable {

    /// Bytes all request headers may have together: a token of 64 KiB and room for the rest.
    public static final int HEADERS_BYTES_MAX = 131_072;

    private static final int REQUEST_LINE_BYTES_MAX = 8_192;
    private static final Duration IDLE_MAX = Duration.ofMinutes(5);

    private final WebServer server;
    private final SlowClients slow;

    private HttpListener(WebServer server, SlowClients slow) {
        this.server = server;
        this.slow = slow;
    }

    /// Where to listen and how much to take.
    ///
    /// @param host the address to bind
    /// @param port the port, or 0 for a free one
    /// @param bodyBytesMax bytes a request's body may have
    /// @param connectionsMax connections held at once, well below the limit of open files
    /// @param shutdownGrace how long running requests may take after [#close()]
    public record Limits(
            String host, int port, long bodyBytesMax, int connectionsMax, Duration shutdownGrace) {}

    /// Makes the JSON body for an error that is answered before any route is reached.
    @FunctionalInterface
    public interface ErrorBody {
        /// The body in UTF-8.
        byte[] of(int status, String message);

        /// Headers that every such answer has.
        default Map<String, String> headers() {
            return Map.of();
        }
    }

    /// Starts listening.
    ///
    /// @param errorBody the shape of early errors
    /// @param http adds the HTTP routes
    /// @param sockets adds the WebSocket routes
    /// @throws HttpException when the port is taken
    public static HttpListener start(
            Limits limits,
            ErrorBody errorBody,
            Consumer<HttpRouting.Builder> http,
            Consumer<WsRouting.Builder> sockets) {
        return start(limits, Patience.USUAL, errorBody, http, sockets);
    }

    /// Starts listening with a patience of its own for slow clients.
    ///
    /// @param errorBody the shape of early errors
    /// @param http adds the HTTP routes
    /// @param sockets adds the WebSocket routes
    /// @throws HttpException when the port is taken
    public static HttpListener start(
            Limits limits,
            Patience patience,
            ErrorBody errorBody,
            Consumer<HttpRouting.Builder> http,
            Consumer<WsRouting.Builder> sockets) {
        requireFree(limits);
        SlowClients slow = new SlowClients(patience);
        WsRouting.Builder wsRouting = WsRouting.builder();
        sockets.accept(wsRouting);
        WebServer server =
                WebServer.builder()
                        .host(limits.host())
                        .port(limits.port())
                        .protocolsDiscoverServices(false)
                        .addProtocol(WsConfig.create())
                        .addConnectionSelector(new Connections(http1(slow), patience, slow))
                        .connectionOptions(options -> options.tcpNoDelay(true))
                        .maxPayloadSize(limits.bodyBytesMax())
                        .maxTcpConnections(limits.connectionsMax())
                        .idleConnectionTimeout(IDLE_MAX)
                        .shutdownGracePeriod(limits.shutdownGrace())
                        .shutdownHook(false)
                        .directHandlers(handlers -> addAll(handlers, errorBody))
                        .routing(http)
                        .addRouting(wsRouting)
                        .build()
                        .start();
        if (server.port() <= 0) {
            server.stop();
            slow.close();
            throw portTaken(limits);
        }
        return new HttpListener(server, slow);
    }

    private static Http1ConnectionSelector http1(SlowClients slow) {
        Http1Config config =
                Http1Config.builder()
                        .maxHeadersSize(HEADERS_BYTES_MAX)
                        .maxPrologueLength(REQUEST_LINE_BYTES_MAX)
                        .addReceiveListener(slow)
                        .build();
        return Http1ConnectionSelector.builder()
                .config(config)
                .addUpgrader(WsUpgrader.create(WsConfig.create()))
                .build();
    }

    /// Helidon only logs a stack trace when a port is taken, so it is tried before.
    private static void requireFree(Limits limits) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(limits.host(), limits.port()));
        } catch (IOException e) {
            throw portTaken(limits);
        }
    }

    private static HttpException portTaken(Limits limits) {
        return new HttpException(
                "Port %d on %s is taken; stop the other program or choose another port."
                        .formatted(limits.port(), limits.host()));
    }

    private static void addAll(
            io.helidon.webserver.http.DirectHandlers.Builder handlers, ErrorBody errorBody) {
        DirectHandler handler =
                (request, type, status, headers, message) ->
                        answer(errorBody, type, status, headers, message);
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, handler);
        }
    }

    private static DirectHandler.TransportResponse answer(
            ErrorBody errorBody,
            DirectHandler.EventType type,
            Status status,
            ServerResponseHeaders headers,
            String message) {
        boolean ours = status.code() < Status.INTERNAL_SERVER_ERROR_500.code();
        String text = ours && message != null ? message : status.reasonPhrase();
        headers.set(HeaderNames.CONTENT_TYPE, "application/json");
        headers.set(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        errorBody.headers().forEach((name, value) -> headers.set(HeaderNames.create(name), value));
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .keepAlive(type.keepAlive())
                .entity(errorBody.of(status.code(), text))
                .build();
    }

    /// The port it listens on.
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
        slow.close();
    }
}
