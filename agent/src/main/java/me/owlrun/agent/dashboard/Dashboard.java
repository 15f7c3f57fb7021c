package me.owlrun.agent.dashboard;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;

import me.owlrun.agent.problem.AgentException;
import me.owlrun.agent.wire.Json;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The page on 127.0.0.1, its data, its actions, and `/healthz`. Whoever is on this machine may
/// look; to change something or see a secret takes the session's token, which `owlrun dashboard`
/// hands to the browser.
public final class Dashboard implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final int CONNECTIONS_MAX = 64;
    private static final int HEADER_BYTES_MAX = 16 << 10;
    private static final int BODY_BYTES_MAX = 4 << 10;
    private static final Duration GRACE = Duration.ofMillis(500);
    private static final int EVENT_SECONDS = 1;
    private static final int EVENTS_MAX = 3_600;
    private static final int KEEP_ALIVE_EVENTS = 15;

    private final WebServer server;
    private final Supplier<ObjectNode> status;
    private final Controls controls;
    private final Actions actions;
    private final Session session;
    private final Semaphore closed = new Semaphore(0);

    private Dashboard(int port, Supplier<ObjectNode> status, Controls controls, Session session) {
        this.status = status;
        this.controls = controls;
        this.actions = new Actions(controls);
        this.session = session;
        this.server =
                WebServer.builder()
                        .host(HOST)
                        .port(port)
                        .shutdownHook(false)
                        .shutdownGracePeriod(GRACE)
                        .maxTcpConnections(CONNECTIONS_MAX)
                        .maxPayloadSize(BODY_BYTES_MAX)
                        .connectionOptions(options -> options.tcpNoDelay(true))
                        .addProtocol(Http1Config.builder().maxHeadersSize(HEADER_BYTES_MAX).build())
                        .routing(this::route)
                        .build();
    }

    /// Starts the page.
    ///
    /// @param port where, 0 for any free port
    /// @param status looks at the node; called for each request
    /// @param controls what the owner can do
    /// @param token what a session must show; a new one for each start
    /// @throws AgentException if the port is taken
    public static Dashboard start(
            int port, Supplier<ObjectNode> status, Controls controls, String token) {
        refuseIfTaken(port);
        Dashboard dashboard = new Dashboard(port, status, controls, new Session(token));
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
        closed.release(CONNECTIONS_MAX);
        server.stop();
    }

    private void route(HttpRouting.Builder routing) {
        routing.addFilter(new LoopbackGuard(session));
        for (PageFile file : PageFile.ALL) {
            routing.get(file.path(), file(file));
        }
        routing.get("/api/status", (_, response) -> send(response, status.get()))
                .get("/api/history", this::sendHistory)
                .get("/api/events", this::sendEvents)
                .get("/api/key", secret(this::sendKey))
                .get("/api/ecash", secret((_, response) -> send(response, controls.ecash())))
                .get("/api/log", secret(this::sendLog))
                .get("/session", session::open)
                .post("/api/{action}", this::act)
                .get("/healthz", this::sendHealth);
    }

    private void sendHealth(ServerRequest request, ServerResponse response) {
        ObjectNode health = Json.object().put("status", "ok");
        send(response, health.put("state", status.get().path("state").asText()));
    }

    private void sendHistory(ServerRequest request, ServerResponse response) {
        send(response, controls.history(request.query().first("period").orElse("24h")));
    }

    private void sendKey(ServerRequest request, ServerResponse response) {
        send(response, Json.object().put("provider_key", controls.key()));
    }

    private void sendLog(ServerRequest request, ServerResponse response) {
        ObjectNode log = Json.object();
        controls.log().forEach(line -> log.withArray("lines").add(line));
        send(response, log);
    }

    private void act(ServerRequest request, ServerResponse response) throws InterruptedException {
        String text = request.content().as(String.class);
        Optional<ObjectNode> body = Json.readObject(text.isEmpty() ? "{}" : text);
        if (body.isEmpty()) {
            refuse(response, Status.BAD_REQUEST_400, "the body is no JSON object");
            return;
        }
        try {
            String name = request.path().pathParameters().get("action");
            Optional<ObjectNode> answer = actions.run(name, body.get());
            if (answer.isPresent()) {
                send(response, answer.get());
            } else {
                refuse(response, Status.NOT_FOUND_404, "there is no such action");
            }
        } catch (AgentException impossible) {
            refuse(response, Status.BAD_REQUEST_400, String.valueOf(impossible.getMessage()));
        }
    }

    /// The status whenever it changed, as a stream of events; the page connects again when it ends.
    private void sendEvents(ServerRequest request, ServerResponse response)
            throws InterruptedException {
        response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
        String last = "";
        try (OutputStream out = response.outputStream()) {
            for (int event = 0; event < EVENTS_MAX; event++) {
                String now = Json.write(status.get());
                if (!now.equals(last)) {
                    out.write(("data: " + now + "\n\n").getBytes(StandardCharsets.UTF_8));
                    out.flush();
                } else if (event % KEEP_ALIVE_EVENTS == 0) {
                    out.write(":\n\n".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
                last = now;
                if (closed.tryAcquire(EVENT_SECONDS, TimeUnit.SECONDS)) {
                    return;
                }
            }
        } catch (IOException | UncheckedIOException gone) {
            // The page was closed.
        }
    }

    /// Gives the answer only to a session of the owner's.
    private Handler secret(Handler handler) {
        return (request, response) -> {
            if (session.holds(request.headers())) {
                handler.handle(request, response);
            } else {
                refuse(response, Status.UNAUTHORIZED_401, Session.HOW_TO_OPEN);
            }
        };
    }

    private static void send(ServerResponse response, ObjectNode document) {
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.send(Json.write(document));
    }

    private static void refuse(ServerResponse response, Status code, String why) {
        response.status(code);
        send(response, Json.object().put("error", why));
    }

    private static Handler file(PageFile file) {
        byte[] octets = resource(file.name());
        return (request, response) -> {
            response.header(HeaderNames.CONTENT_TYPE, file.type());
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
