package me.owlrun.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.websocket.WsRouting;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import io.helidon.websocket.WsUpgradeException;

import me.owlrun.agent.wire.Golden;
import me.owlrun.agent.wire.Json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// A gateway as a node sees it, for tests: registers, opens control channels, hands out requests,
/// takes answers both ways, and does what the test says.
final class FakeGateway implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    final BlockingQueue<ObjectNode> registrations = new LinkedBlockingQueue<>();
    final BlockingQueue<ObjectNode> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<Node> nodes = new LinkedBlockingQueue<>();
    final BlockingQueue<Posted> posts = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> posting = new LinkedBlockingQueue<>();
    final Map<String, String> requests = new ConcurrentHashMap<>();
    final String key;
    volatile int registerStatus = 200;
    volatile boolean answersPings = true;
    volatile boolean acknowledges = true;
    private final WebServer server;

    private FakeGateway(String key) {
        this.key = key;
        this.server =
                WebServer.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .shutdownHook(false)
                        .shutdownGracePeriod(Duration.ofMillis(50))
                        .connectionOptions(options -> options.tcpNoDelay(true))
                        .routing(this::route)
                        .addRouting(WsRouting.builder().endpoint("/v1/gateway/ws", Node::new))
                        .build();
    }

    static FakeGateway start(String key) {
        FakeGateway gateway = new FakeGateway(key);
        gateway.server.start();
        return gateway;
    }

    String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /// The next node that opened a control channel.
    @CanIgnoreReturnValue
    Node awaitNode() throws InterruptedException {
        return take(nodes, "a control channel");
    }

    @CanIgnoreReturnValue
    ObjectNode awaitRegistration() throws InterruptedException {
        return take(registrations, "a registration");
    }

    /// The next job whose answer has begun to come by POST.
    @CanIgnoreReturnValue
    String awaitPosting() throws InterruptedException {
        return take(posting, "the beginning of a posted answer");
    }

    Posted awaitPost() throws InterruptedException {
        return take(posts, "a posted answer");
    }

    /// The next message of this type; those of other types before it are dropped.
    @CanIgnoreReturnValue
    ObjectNode awaitMessage(String type) throws InterruptedException {
        return awaitMessage(type, _ -> true);
    }

    @CanIgnoreReturnValue
    ObjectNode awaitMessage(String type, Predicate<ObjectNode> wanted) throws InterruptedException {
        return awaitMessage(
                message -> message.path("type").asText().equals(type) && wanted.test(message));
    }

    /// The next message that is wanted; others before it are dropped.
    @CanIgnoreReturnValue
    ObjectNode awaitMessage(Predicate<ObjectNode> wanted) throws InterruptedException {
        while (true) {
            ObjectNode message = take(messages, "a message");
            if (wanted.test(message)) {
                return message;
            }
        }
    }

    /// Everything a job answered over the channel up to its last message.
    @CanIgnoreReturnValue
    Answered awaitAnswer(String jobId) throws InterruptedException {
        StringBuilder data = new StringBuilder();
        while (true) {
            ObjectNode message = take(messages, "the answer of " + jobId);
            if (!message.path("job_id").asText().equals(jobId)) {
                continue;
            }
            String type = message.path("type").asText();
            if (type.equals("proxy_chunk")) {
                data.append(message.path("data").asText());
            } else if (type.equals("proxy_done") || type.equals("proxy_error")) {
                return new Answered(data.toString(), message);
            }
        }
    }

    @Override
    public void close() {
        server.stop();
    }

    /// What came over the channel for a job.
    record Answered(String data, ObjectNode last) {}

    /// What came by POST for a job.
    ///
    /// @param whole whether the request ended in good order
    record Posted(String jobId, String type, String data, boolean whole) {}

    private static <T> T take(BlockingQueue<T> queue, String what) throws InterruptedException {
        T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("waited in vain for " + what);
        }
        return next;
    }

    private void route(HttpRouting.Builder routing) {
        routing.post("/v1/gateway/register", this::register)
                .get("/v1/gateway/jobs/{id}/proxy/request", this::giveRequest)
                .post("/v1/gateway/jobs/{id}/proxy/response", this::takeResponse);
    }

    private void register(ServerRequest request, ServerResponse response) {
        String body = request.content().as(String.class);
        if (registerStatus != 200 || !isAuthorised(request.headers())) {
            response.status(Status.create(registerStatus == 200 ? 401 : registerStatus)).send();
            registrations.add(Json.object().put("refused", true));
            return;
        }
        registrations.add(Json.readObject(body).orElseThrow());
        response.send(Golden.text("register-response"));
    }

    private void giveRequest(ServerRequest request, ServerResponse response) {
        String body = requests.get(request.path().pathParameters().get("id"));
        if (body == null || !isAuthorised(request.headers())) {
            response.status(Status.NOT_FOUND_404).send();
        } else {
            response.send(body);
        }
    }

    private void takeResponse(ServerRequest request, ServerResponse response) {
        String jobId = request.path().pathParameters().get("id");
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        posting.add(jobId);
        boolean whole = true;
        try (InputStream body = request.content().inputStream()) {
            body.transferTo(data);
        } catch (IOException | RuntimeException cutOff) {
            whole = false;
        }
        posts.add(new Posted(jobId, type, data.toString(StandardCharsets.UTF_8), whole));
        response.status(whole ? Status.OK_200 : Status.BAD_REQUEST_400).send();
    }

    private boolean isAuthorised(Headers headers) {
        return headers.first(HeaderNames.AUTHORIZATION)
                .filter(("Bearer " + key)::equals)
                .isPresent();
    }

    /// One control channel, seen from the gateway.
    final class Node implements WsListener {
        private final ReentrantLock lock = new ReentrantLock();
        final BlockingQueue<Integer> closes = new LinkedBlockingQueue<>();
        private volatile Optional<WsSession> session = Optional.empty();
        private volatile boolean dropping;

        @Override
        public Optional<Headers> onHttpUpgrade(HttpPrologue prologue, Headers headers)
                throws WsUpgradeException {
            boolean inQuery = prologue.query().first("api_key").filter(key::equals).isPresent();
            if (!inQuery || !isAuthorised(headers)) {
                throw new WsUpgradeException("wrong key");
            }
            return Optional.empty();
        }

        @Override
        public void onOpen(WsSession given) {
            session = Optional.of(given);
            nodes.add(this);
        }

        @Override
        public void onMessage(WsSession given, String text, boolean last) {
            if (dropping) {
                given.terminate();
            }
            ObjectNode message = Json.readObject(text).orElseThrow();
            messages.add(message);
            if (acknowledges && message.path("type").asText().equals("heartbeat")) {
                send(Golden.text("heartbeat_ack-protocol2"));
            }
        }

        @Override
        public void onPing(WsSession given, BufferData payload) {
            if (answersPings) {
                lock.lock();
                try {
                    given.pong(payload);
                } finally {
                    lock.unlock();
                }
            }
        }

        @Override
        public void onClose(WsSession given, int status, String reason) {
            closes.add(status);
        }

        void send(String text) {
            lock.lock();
            try {
                session.orElseThrow().send(text, true);
            } finally {
                lock.unlock();
            }
        }

        void offer(String jobId, String model) {
            ObjectNode job = Json.readObject(Golden.text("job")).orElseThrow();
            send(Json.write(job.put("job_id", jobId).put("model", model)));
        }

        /// Ends the connection without a word, when the next message comes.
        void drop() {
            dropping = true;
        }
    }
}
