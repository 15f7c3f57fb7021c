package me.owlrun.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/// A node of the gateway over plain sockets, as cheap as it gets: registers, opens the control
/// channel, and answers every job from its [Script].
final class NodeChannel {

    private static final int READ_BUFFER_BYTES = 1_024;
    private static final int KEY_BYTES = 16;
    private static final int TEXT = 0x81;
    private static final int PONG = 0x8A;
    private static final int OPCODE_BITS = 0x0F;
    private static final int LENGTH_BITS = 0x7F;
    private static final int MASKED = 0x80;
    private static final int SHORT_MAX = 125;
    private static final int OPCODE_TEXT = 1;
    private static final int OPCODE_PING = 9;

    private final URI gateway;
    private final String authorization;
    private final ReentrantLock writing = new ReentrantLock();
    private final Deque<HttpConnection> fetchers = new ConcurrentLinkedDeque<>();
    private final CountDownLatch counted = new CountDownLatch(1);
    private final OutputStream out;
    private final DataInputStream in;

    private NodeChannel(URI gateway, String key) throws IOException {
        this.gateway = gateway;
        this.authorization = "Authorization: Bearer " + key + "\r\n";
        Socket socket = new Socket(gateway.getHost(), gateway.getPort());
        socket.setTcpNoDelay(true);
        out = socket.getOutputStream();
        in =
                new DataInputStream(
                        new BufferedInputStream(socket.getInputStream(), READ_BUFFER_BYTES));
    }

    /// Connects a node and waits until the gateway counts it in.
    ///
    /// @param capacity jobs it takes at once
    static NodeChannel connect(URI gateway, int capacity, RandomGenerator random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        String name = HexFormat.of().formatHex(key);
        try {
            NodeChannel node = new NodeChannel(gateway, "owlr_prov_" + name);
            node.register(name, capacity);
            node.upgrade();
            Thread.ofVirtual().name("node-" + name).start(node::listen);
            node.text("{\"type\":\"heartbeat\",\"earning_state\":\"earning\"}");
            node.counted.await();
            return node;
        } catch (IOException e) {
            throw new BenchException("a node cannot connect: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    private void register(String name, int capacity) throws IOException {
        ObjectNode body = Json.object();
        body.put("node_id", name);
        body.put("gpu", "none").put("gpu_vendor", "cpu");
        body.put("vram_total_mb", 0).put("vram_free_mb", 0);
        body.put("capacity", capacity).put("protocol", 2);
        body.putArray("models").add(Script.WHOLE_MODEL).add(Script.PACED_MODEL);
        try (HttpConnection http = new HttpConnection(gateway, authorization)) {
            int status = http.post("/v1/gateway/register", Json.bytes(body)).status();
            if (status != 200) {
                throw new BenchException("a node cannot register: HTTP " + status);
            }
        }
    }

    private void upgrade() throws IOException {
        String request =
                "GET /v1/gateway/ws HTTP/1.1\r\nHost: "
                        + gateway.getAuthority()
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                        + "Sec-WebSocket-Version: 13\r\n"
                        + authorization
                        + "\r\n";
        out.write(request.getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        if (!head.toString().startsWith("HTTP/1.1 101")) {
            throw new BenchException("no control channel: " + head);
        }
    }

    private void listen() {
        try {
            while (true) {
                int opcode = in.readUnsignedByte() & OPCODE_BITS;
                byte[] payload = new byte[length(in.readUnsignedByte() & LENGTH_BITS)];
                in.readFully(payload);
                if (opcode == OPCODE_PING) {
                    frame(PONG, payload);
                } else if (opcode == OPCODE_TEXT) {
                    heard(Json.parseObject(payload));
                }
            }
        } catch (IOException _) {
            counted.countDown(); // the gateway is gone
        }
    }

    private int length(int first) throws IOException {
        return switch (first) {
            case 126 -> in.readUnsignedShort();
            case 127 -> Math.toIntExact(in.readLong());
            default -> first;
        };
    }

    private void heard(ObjectNode message) throws IOException {
        switch (message.path("type").asText()) {
            case "heartbeat_ack" -> counted.countDown();
            case "ping" -> text("{\"type\":\"pong\"}");
            case "job" -> {
                String job = message.path("job_id").asText();
                Thread.ofVirtual().start(() -> answer(job));
            }
            default -> {}
        }
    }

    private void answer(String job) {
        try {
            text("{\"type\":\"accept\",\"job_id\":\"" + job + "\"}");
            Script script = Script.of(fetch(job));
            script.events(events ->
                    text(
                            Json.text(
                                    Json.object()
                                            .put("type", "proxy_chunk")
                                            .put("job_id", job)
                                            .put("data", events))));
            text("{\"type\":\"proxy_done\",\"job_id\":\"" + job + "\"}");
        } catch (IOException _) {
            // the buyer or the gateway is gone, and the load run counts it
        }
    }

    private byte[] fetch(String job) throws IOException {
        HttpConnection idle = fetchers.poll();
        HttpConnection http = idle == null ? new HttpConnection(gateway, authorization) : idle;
        HttpConnection.Answer answer = http.get("/v1/gateway/jobs/" + job + "/proxy/request");
        fetchers.push(http);
        if (answer.status() != 200) {
            throw new IOException("the job is gone");
        }
        return answer.body();
    }

    private void text(String text) throws IOException {
        frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Writes a frame with a mask of zeros, which changes nothing.
    private void frame(int head, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        frame.put((byte) head);
        if (payload.length <= SHORT_MAX) {
            frame.put((byte) (MASKED | payload.length));
        } else {
            frame.put((byte) (MASKED | 126)).putShort((short) payload.length);
        }
        frame.putInt(0).put(payload);
        writing.lock();
        try {
            out.write(frame.array(), 0, frame.position());
        } finally {
            writing.unlock();
        }
    }
}
