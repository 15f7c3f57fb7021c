package me.owlrun.agent.dashboard;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;

import me.owlrun.agent.problem.AgentException;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.function.Supplier;

/// The page on 127.0.0.1, its data, and `/healthz`. Reads only; sends nothing to anyone else.
public final class Dashboard implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final int CONNECTIONS_MAX = 64;
    private static final int HEADER_BYTES_MAX = 16 << 10;
    private static final Duration GRACE = Duration.ofMillis(500);

    private final WebServer server;
    private final Supplier<Status> status;

    private Dashboard(int port, Supplier<Status> status) {
        this.status = status;
        this.server =
                WebServer.builder()
                        .host(HOST)
                        .port(port)
                        .shutdownHook(false)
                        .shutdownGracePeriod(GRACE)
                        .maxTcpConnections(CONNECTIONS_MAX)
                        .maxPayloadSize(0)
                        .connectionOptions(options -> options.tcpNoDelay(true))
                        .addProtocol(Http1Config.builder().maxHeadersSize(HEADER_BYTES_MAX).build())
                        .routing(this::route)
                        .build();
    }

    /// Starts the page.
    ///
    /// @param port where, 0 for any free port
    /// @param status looks at the node; called for each request
    /// @throws AgentException if the port is taken
    public static Dashboard start(int port, Supplier<Status> status) {
        refuseIfTaken(port);
        Dashboard dashboard = new Dashboard(port, status);
        dashboard.server.start();
        // Helidon's start() does not fail when the port is taken after all; it only logs.
        if (!dashboard.server.isRunning() || dashboard.port() <= 0) {
            dashboard.close();
            throw taken(port);
        }
        return dashboard;
    }

    /// Tries the port first: Helidon would fill the log with stack traces.
    private static void refuseIfTaken(int port) {
        try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return;
        } catch (IOException inUse) {
            throw taken(port);
        }
    }

    private static AgentException taken(int port) {
        return new AgentException(
                "Port "
                        + port
                        + " on 127.0.0.1 is taken, perhaps by another owlrun; stop that one, or set"
                        + " [dashboard] port or --port to a free one.");
    }

    /// The port it listens on.
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }

    private void route(HttpRouting.Builder routing) {
        routing.addFilter(new LoopbackGuard())
                .get("/", file("index.html", "text/html; charset=utf-8"))
                .get("/dashboard.css", file("dashboard.css", "text/css; charset=utf-8"))
                .get("/dashboard.js", file("dashboard.js", "text/javascript; charset=utf-8"))
                .get("/api/status", this::sendStatus)
                .get("/healthz", this::sendHealth);
    }

    private void sendStatus(ServerRequest request, ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.send(status.get().document().toString());
    }

    private void sendHealth(ServerRequest request, ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.send("{\"status\":\"ok\",\"state\":\"" + status.get().duty().state() + "\"}");
    }

    private static Handler file(String name, String type) {
        byte[] octets = resource(name);
        return (request, response) -> {
            response.header(HeaderNames.CONTENT_TYPE, type);
            response.send(octets);
        };
    }

    private static byte[] resource(String name) {
        try (InputStream stream = Dashboard.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new AgentException("The page's file " + name + " is missing in the build.");
            }
            return stream.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
