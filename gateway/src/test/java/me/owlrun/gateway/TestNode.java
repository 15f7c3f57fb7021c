package me.owlrun.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/// A small node that speaks the wire protocol of the seeds, with an answer that the test scripts.
final class TestNode implements AutoCloseable, WebSocket.Listener {

    private final HttpClient http;
    private final ReentrantLock sending = new ReentrantLock();
    private final BlockingQueue<ObjectNode> inbox = new LinkedBlockingQueue<>();
    private final StringBuilder message = new StringBuilder();
    private final String gatewayUrl;
    private final String key;
    private final String nodeId;
    private final ObjectNode moreFields = Json.object();
    private final BiConsumer<TestNode, String> onJob;
    private final List<ObjectNode> received = new ArrayList<>();
    private volatile boolean closed;
    private volatile Optional<WebSocket> socket = Optional.empty();

    private TestNode(
            HttpClient http,
            String gatewayUrl,
            String key,
            String nodeId,
            BiConsumer<TestNode, String> onJob) {
        this.http = http;
        this.gatewayUrl = gatewayUrl;
        this.key = key;
        this.nodeId = nodeId;
        this.onJob = onJob;
    }

    /// Registers and connects a node, and waits until the gateway counts it in.
    ///
    /// @param onJob what it does with a job's identifier, on a thread of its own
    static TestNode connect(
            String gatewayUrl, List<String> models, BiConsumer<TestNode, String> onJob) {
        return connect(gatewayUrl, models, Json.object(), onJob);
    }

    /// What a node that can do everything says in its registration.
    static ObjectNode allTasks() {
        ObjectNode fields = Json.object();
        fields.putArray("tasks").add("chat").add("completion").add("embedding");
        return fields;
    }

    /// The same with more fields in its registration.
    static TestNode connect(
            String gatewayUrl,
            List<String> models,
            ObjectNode moreFields,
            BiConsumer<TestNode, String> onJob) {
        return connect(HttpClient.newHttpClient(), gatewayUrl, models, moreFields, onJob);
    }

    /// The same with a client of its own, which is closed with the node.
    static TestNode connect(
            HttpClient http,
            String gatewayUrl,
            List<String> models,
            BiConsumer<TestNode, String> onJob) {
        return connect(http, gatewayUrl, models, Json.object(), onJob);
    }

    private static TestNode connect(
            HttpClient http,
            String gatewayUrl,
            List<String> models,
            ObjectNode moreFields,
            BiConsumer<TestNode, String> onJob) {
        TestNode node = registered(http, gatewayUrl, models, moreFields, onJob);
        node.join();
        return node;
    }

    /// Connects a node that is registered, and waits until the gateway counts it in.
    void join() {
        open();
        var _ = beat();
    }

    /// Registers a node that does not connect yet.
    static TestNode registered(
            HttpClient http,
            String gatewayUrl,
            List<String> models,
            ObjectNode moreFields,
            BiConsumer<TestNode, String> onJob) {
        TestNode node =
                new TestNode(
                        http,
                        gatewayUrl,
                        "owlr_prov_" + UUID.randomUUID().toString().replace("-", ""),
                        UUID.randomUUID().toString(),
                        onJob);
        node.moreFields.setAll(moreFields);
        node.register(models);
        return node;
    }

    /// The same machine once more, by a connection of its own.
    TestNode again(BiConsumer<TestNode, String> onJobThere) {
        TestNode node =
                new TestNode(HttpClient.newHttpClient(), gatewayUrl, key, nodeId, onJobThere);
        node.open();
        var _ = node.beat();
        return node;
    }

    /// Sends a heartbeat and waits for its acknowledgement.
    ObjectNode beat() {
        send(Json.object().put("type", "heartbeat").put("earning_state", "earning"));
        return await("heartbeat_ack");
    }

    /// A node that answers every job over the control channel with these events.
    static TestNode answering(String gatewayUrl, String model, List<String> events) {
        return connect(
                gatewayUrl,
                List.of(model),
                (node, job) -> {
                    node.accept(job);
                    var _ = node.fetch(job);
                    events.forEach(event -> node.chunk(job, "data: " + event + "\n\n"));
                    node.done(job);
                });
    }

    /// Registers, for the first time or again.
    void register(List<String> models) {
        ObjectNode body = Json.object();
        body.put("node_id", nodeId);
        body.put("gpu", "none");
        body.put("gpu_vendor", "cpu");
        body.put("vram_total_mb", 0);
        body.put("vram_free_mb", 0);
        models.forEach(body.withArray("models")::add);
        body.setAll(moreFields);
        HttpResponse<byte[]> response = post("/v1/gateway/register", Json.bytes(body));
        if (response.statusCode() != 200) {
            throw new AssertionError("register: " + response.statusCode());
        }
    }

    /// Changes a field of the next registration.
    void field(String name, String value) {
        moreFields.put(name, value);
    }

    private void open() {
        URI uri =
                URI.create(
                        gatewayUrl.replaceFirst("^http", "ws") + "/v1/gateway/ws?api_key=" + key);
        var _ = http.newWebSocketBuilder().buildAsync(uri, this).join();
    }

    /// The HTTP status of an attempt to open the control channel with a key; 101 when it opens.
    static int statusOfSocket(String gatewayUrl, String key) {
        String encoded = URLEncoder.encode(key, StandardCharsets.UTF_8);
        URI uri =
                URI.create(
                        gatewayUrl.replace("http:", "ws:") + "/v1/gateway/ws?api_key=" + encoded);
        try (HttpClient http = HttpClient.newHttpClient()) {
            http.newWebSocketBuilder().buildAsync(uri, new WebSocket.Listener() {}).join().abort();
            return 101;
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                return refused.getResponse().statusCode();
            }
            throw e;
        }
    }

    String key() {
        return key;
    }

    String nodeId() {
        return nodeId;
    }

    void accept(String jobId) {
        send(Json.object().put("type", "accept").put("job_id", jobId));
    }

    void reject(String jobId) {
        send(
                Json.object()
                        .put("type", "reject")
                        .put("job_id", jobId)
                        .put("reason", "model_not_loaded"));
    }

    void chunk(String jobId, String data) {
        send(Json.object().put("type", "proxy_chunk").put("job_id", jobId).put("data", data));
    }

    void done(String jobId) {
        send(Json.object().put("type", "proxy_done").put("job_id", jobId));
    }

    void send(ObjectNode json) {
        sending.lock();
        try {
            socket.orElseThrow().sendText(Json.text(json) + "\n", true).join();
        } finally {
            sending.unlock();
        }
    }

    /// The buyer's request as the node gets it.
    ObjectNode fetch(String jobId) {
        try {
            HttpResponse<byte[]> response =
                    http.send(
                            request("/v1/gateway/jobs/" + jobId + "/proxy/request").build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new AssertionError("fetch: " + response.statusCode());
            }
            return Json.parseObject(response.body());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Sends a whole answer as a request body.
    int respond(String jobId, byte[] answer) {
        return post("/v1/gateway/jobs/" + jobId + "/proxy/response", answer).statusCode();
    }

    private HttpResponse<byte[]> post(String path, byte[] body) {
        try {
            return http.send(
                    request(path).POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(gatewayUrl + path))
                .header("Authorization", "Bearer " + key);
    }

    /// Waits for a message of a type.
    ObjectNode await(String type) {
        try {
            while (true) {
                ObjectNode next = inbox.poll(20, TimeUnit.SECONDS);
                if (next == null) {
                    throw new AssertionError("no " + type + " came");
                }
                if (next.path("type").asText().equals(type)) {
                    return next;
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The first message may come before the one who connects knows that it is.
    @Override
    public void onOpen(WebSocket opened) {
        socket = Optional.of(opened);
        opened.request(1);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        message.append(data);
        if (last) {
            ObjectNode json = Json.parseObject(message.toString());
            message.setLength(0);
            received.add(json);
            inbox.add(json);
            switch (json.path("type").asText()) {
                case "job" -> {
                    String job = json.path("job_id").asText();
                    Thread.ofVirtual().start(() -> unlessClosed(() -> onJob.accept(this, job)));
                }
                case "ping" ->
                        Thread.ofVirtual()
                                .start(() ->
                                        unlessClosed(
                                                () -> send(Json.object().put("type", "pong"))));
                default -> {}
            }
        }
        from.request(1);
        return CompletableFuture.completedFuture(last);
    }

    /// Runs something; what it still sends after the node was closed is lost, as in life.
    private void unlessClosed(Runnable work) {
        try {
            work.run();
        } catch (CompletionException e) {
            if (!closed) {
                throw e;
            }
        }
    }

    /// Cuts the connection without a word.
    void die() {
        closed = true;
        socket.ifPresent(WebSocket::abort);
    }

    @Override
    public void close() {
        closed = true;
        socket.ifPresent(WebSocket::abort);
        http.shutdownNow();
    }
}
