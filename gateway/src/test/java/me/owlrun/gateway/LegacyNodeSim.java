package me.owlrun.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/// The first client in the field with all its quirks: it registers before every connection, leaves
/// out zeros, reads at most 32,768 bytes a message, cuts its engine's bytes at 4,096 wherever that
/// falls, says nothing when a job fails, is back a second after it lost its connection, and reads
/// amounts as millisats. Everything that passes is kept as a transcript.
final class LegacyNodeSim implements AutoCloseable {

    private static final int READ_LIMIT_BYTES = 32_768;
    private static final int PIECE_BYTES = 4_096;
    private static final Duration RECONNECT = Duration.ofSeconds(1);

    /// How it sends answers.
    enum Way {
        /// `proxy_chunk`, as the client does since 0.9.2.
        CHANNEL,
        /// `POST …/proxy/response`, as the seeds describe it and the client did before.
        REQUEST
    }

    /// What its engine does with one request.
    ///
    /// @param stream what it streams
    /// @param dies whether it breaks off so that the client fails
    record Engine(String stream, boolean dies) {

        static Engine says(String stream) {
            return new Engine(stream, false);
        }

        byte[] bytes() {
            return stream.getBytes(StandardCharsets.UTF_8);
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final Supplier<String> gatewayUrl;
    private final String model;
    private final Way way;
    private final Function<ObjectNode, Engine> engine;
    private final List<String> transcript = new CopyOnWriteArrayList<>();
    private final BlockingQueue<ObjectNode> inbox = new LinkedBlockingQueue<>();
    private final ReentrantLock sending = new ReentrantLock();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final String key = "owlr_prov_" + UUID.randomUUID().toString().replace("-", "");
    private final String nodeId = UUID.randomUUID().toString();
    private volatile Optional<Session> session = Optional.empty();

    private LegacyNodeSim(
            Supplier<String> gatewayUrl,
            String model,
            Way way,
            Function<ObjectNode, Engine> engine) {
        this.gatewayUrl = gatewayUrl;
        this.model = model;
        this.way = way;
        this.engine = engine;
    }

    /// Starts it and waits for its first acknowledgement.
    ///
    /// @param gatewayUrl where the gateway is at the moment
    static LegacyNodeSim start(
            Supplier<String> gatewayUrl,
            String model,
            Way way,
            Function<ObjectNode, Engine> engine) {
        LegacyNodeSim sim = new LegacyNodeSim(gatewayUrl, model, way, engine);
        Thread.ofVirtual().start(sim::run);
        var _ = sim.await("heartbeat_ack");
        return sim;
    }

    private void run() {
        try {
            do {
                try {
                    register();
                    Session opened = new Session();
                    opened.open();
                    opened.ended.await();
                } catch (IOException | CompletionException e) {
                    // The gateway is away; it tries again.
                } finally {
                    session = Optional.empty();
                }
            } while (!stopped.await(RECONNECT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void register() throws IOException, InterruptedException {
        ObjectNode body = Json.object();
        body.put("node_id", nodeId);
        body.put("api_key", key);
        body.put("gpu", "").put("gpu_vendor", "none");
        body.put("vram_total_mb", 0).put("vram_free_mb", 0).put("vram_exact", false);
        body.putArray("models").add(model);
        body.put("ollama_url", "http://localhost:11434");
        body.put("region", "").put("version", "0.9.19");
        note("register", body);
        HttpResponse<byte[]> response =
                http.send(
                        request("/v1/gateway/register")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200 && response.statusCode() != 201) {
            throw new IOException("register: " + response.statusCode());
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(gatewayUrl.get() + path))
                .setHeader("Authorization", "Bearer " + key);
    }

    private void note(String what, ObjectNode json) {
        transcript.add(what + " " + Json.text(json));
    }

    /// What passed so far, with the names that differ from run to run replaced: what the client
    /// did, then what it was told, because the two may cross.
    List<String> transcript() {
        List<String> lines = new ArrayList<>();
        transcript.forEach(line ->
                lines.add(
                        line.replaceAll("job_a_[0-9a-z]+", "JOB")
                                .replace(key, "KEY")
                                .replace(nodeId, "NODE")));
        lines.sort(Comparator.comparing(line -> line.startsWith("<-")));
        return lines;
    }

    /// Waits for the next message of a type.
    ObjectNode await(String type) {
        try {
            while (true) {
                ObjectNode next = inbox.poll(20, TimeUnit.SECONDS);
                if (next == null) {
                    throw new AssertionError("no " + type + " came; " + transcript());
                }
                if (next.path("type").asText().equals(type)) {
                    return next;
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Sends a heartbeat now; the client does so every 30 s.
    void beat() {
        session.orElseThrow()
                .send(Json.object().put("type", "heartbeat").put("earning_state", "earning"));
    }

    /// Cuts its connection, as when the network fails.
    void loseConnection() {
        session.ifPresent(Session::cut);
    }

    /// One connection.
    private final class Session implements WebSocket.Listener {

        private final CountDownLatch ended = new CountDownLatch(1);
        private final StringBuilder message = new StringBuilder();
        private volatile Optional<WebSocket> socket = Optional.empty();

        private void open() {
            URI uri =
                    URI.create(
                            gatewayUrl.get().replace("http:", "ws:")
                                    + "/v1/gateway/ws?api_key="
                                    + key);
            var _ = http.newWebSocketBuilder().buildAsync(uri, this).join();
        }

        @Override
        public void onOpen(WebSocket opened) {
            socket = Optional.of(opened);
            session = Optional.of(this);
            opened.request(1);
            Thread.ofVirtual()
                    .start(() ->
                            send(
                                    Json.object()
                                            .put("type", "heartbeat")
                                            .put("earning_state", "earning")));
        }

        private void cut() {
            socket.ifPresent(WebSocket::abort);
            ended.countDown();
        }

        private void send(ObjectNode json) {
            sending.lock();
            try {
                note("->", json);
                socket.orElseThrow().sendText(Json.text(json) + "\n", true).join();
            } catch (CompletionException e) {
                ended.countDown();
            } finally {
                sending.unlock();
            }
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            message.append(data);
            if (message.toString().getBytes(StandardCharsets.UTF_8).length > READ_LIMIT_BYTES) {
                transcript.add("read limit exceeded");
                cut();
            } else if (last) {
                ObjectNode json = Json.parseObject(message.toString());
                transcript.add("<- " + message);
                message.setLength(0);
                inbox.add(json);
                on(json);
            }
            from.request(1);
            return CompletableFuture.completedFuture(last);
        }

        private void on(ObjectNode json) {
            switch (json.path("type").asText()) {
                case "job" -> Thread.ofVirtual().start(() -> serve(json));
                case "ping" -> send(Json.object().put("type", "pong"));
                case "drain" -> {
                    var _ = socket.orElseThrow().sendClose(WebSocket.NORMAL_CLOSURE, "");
                }
                default -> {}
            }
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            ended.countDown();
            return CompletableFuture.completedFuture(status);
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            ended.countDown();
        }

        private void serve(ObjectNode offer) {
            String job = offer.path("job_id").asText();
            if (!offer.path("model").asText().equals(model)) {
                send(about("reject", job).put("reason", "model_not_loaded"));
                return;
            }
            send(about("accept", job));
            try {
                Engine answer = engine.apply(fetch(job));
                switch (way) {
                    case CHANNEL -> byChannel(job, answer);
                    case REQUEST -> byRequest(job, answer);
                }
            } catch (IOException e) {
                // It fails in silence.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void byChannel(String job, Engine answer) {
            byte[] bytes = answer.bytes();
            for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
                byte[] piece =
                        Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + PIECE_BYTES));
                send(about("proxy_chunk", job).put("data", goString(piece)));
            }
            if (!answer.dies()) {
                send(about("proxy_done", job));
            }
        }

        private void byRequest(String job, Engine answer) throws IOException, InterruptedException {
            transcript.add("respond with " + answer.bytes().length + " octets");
            HttpResponse<String> response =
                    http.send(
                            request("/v1/gateway/jobs/" + job + "/proxy/response")
                                    .setHeader("Content-Type", "application/octet-stream")
                                    .POST(HttpRequest.BodyPublishers.ofByteArray(answer.bytes()))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                transcript.add("refused with " + response.statusCode());
            }
        }
    }

    private static ObjectNode about(String type, String job) {
        return Json.object().put("type", type).put("job_id", job);
    }

    /// Fetches the request and does to it what the client does.
    private ObjectNode fetch(String job) throws IOException, InterruptedException {
        HttpResponse<byte[]> response =
                http.send(
                        request("/v1/gateway/jobs/" + job + "/proxy/request").build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException("fetch: " + response.statusCode());
        }
        ObjectNode body = Json.parseObject(response.body());
        note("fetch", body);
        body.put("stream", true);
        body.withObject("stream_options").put("include_usage", true);
        body.withObject("options").put("num_ctx", 8_192);
        return body;
    }

    /// What Go's `json.Marshal` makes of bytes that are not whole UTF-8: every octet that belongs
    /// to no character becomes U+FFFD.
    static String goString(byte[] bytes) {
        ByteArrayOutputStream good = new ByteArrayOutputStream();
        byte[] replacement = "\uFFFD".getBytes(StandardCharsets.UTF_8);
        int at = 0;
        while (at < bytes.length) {
            int length = lengthOfCharacter(bytes[at]);
            boolean whole = length > 0 && at + length <= bytes.length;
            for (int i = 1; whole && i < length; i++) {
                whole = (bytes[at + i] & 0xC0) == 0x80;
            }
            if (whole) {
                good.write(bytes, at, length);
                at += length;
            } else {
                good.writeBytes(replacement);
                at++;
            }
        }
        return good.toString(StandardCharsets.UTF_8);
    }

    private static int lengthOfCharacter(byte first) {
        int b = first & 0xFF;
        if (b < 0x80) {
            return 1;
        }
        return b < 0xC2 ? 0 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : b < 0xF5 ? 4 : 0;
    }

    @Override
    public void close() {
        stopped.countDown();
        loseConnection();
        http.shutdownNow();
    }
}
