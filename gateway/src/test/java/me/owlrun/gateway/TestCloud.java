package me.owlrun.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server of OpenAI's API on this machine, under several names, that misbehaves when the model's
/// name says so. It lists some models and knows one token.
final class TestCloud implements AutoCloseable {

    static final String TOKEN = "sk-test-0123456789abcdefABCDEF";
    static final List<String> HOSTS = List.of("cloud.example.org", "other.example.org");

    private static final Pattern LENGTH = Pattern.compile("Content-Length: ([0-9]+)");
    private static final Pattern BEARER = Pattern.compile("Authorization: Bearer ([^\r]*)\r");
    private static final int BUFFER_BYTES = 8_192;

    private final ServerSocket server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile String token = TOKEN;

    /// A request that came.
    record Asked(String line, String bearer, ObjectNode body) {

        String model() {
            return body.path("model").asText();
        }
    }

    TestCloud() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /// A file with keys, readable by its owner only.
    static Path keyFile(String... keys) {
        try {
            Path file =
                    Files.createTempFile(
                            "owlrun-cloud",
                            ".key",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            Files.write(file, Arrays.asList(keys));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A key of 32 equal octets.
    static String key(int octet) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) octet);
        return HexFormat.of().formatHex(key);
    }

    /// Settings with which a gateway finds this server, and more.
    String[] flags(Path keyFile, String... more) {
        String[] flags = Arrays.copyOf(more, more.length + 2);
        flags[more.length] = "--cloud.key_file=" + keyFile;
        flags[more.length + 1] =
                "--lnurl.play_hosts="
                        + String.join(
                                ",",
                                HOSTS.stream()
                                        .map(h -> h + "=http://127.0.0.1:" + server.getLocalPort())
                                        .toList());
        return flags;
    }

    /// What an owner registers: these models, each under the provider's name.
    static String registration(String capability, String... ourAndTheirs) {
        ObjectNode body = Json.object();
        body.put("base_url", "https://" + HOSTS.getFirst() + "/v1");
        body.put("api_token", TOKEN);
        body.putArray("tasks").add(capability);
        ObjectNode map = body.putObject("model_map");
        for (int i = 0; i < ourAndTheirs.length; i += 2) {
            body.withArray("models").add(ourAndTheirs[i]);
            map.put(ourAndTheirs[i], ourAndTheirs[i + 1]);
        }
        return Json.text(body);
    }

    /// Knows another token from now on.
    void token(String now) {
        token = now;
    }

    /// The requests for a model of ours so far.
    List<Asked> asked(String theirs) {
        return asked.stream().filter(each -> each.model().equals(theirs)).toList();
    }

    /// How many connections are open still.
    long connectionsOpen() {
        return open.stream().filter(socket -> !socket.isClosed()).count();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> talk(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void talk(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int b = in.read();
                if (b < 0) {
                    return;
                }
                head.append((char) b);
            }
            Asked request =
                    new Asked(
                            head.substring(0, head.indexOf("\r\n")),
                            first(BEARER, head).orElse(""),
                            body(head, in));
            asked.add(request);
            answer(request, socket);
        } catch (IOException e) {
            // The gateway hung up, which some tests are about.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ObjectNode body(StringBuilder head, InputStream in) throws IOException {
        Optional<String> length = first(LENGTH, head);
        return length.isEmpty()
                ? Json.object()
                : Json.parseObject(in.readNBytes(Integer.parseInt(length.get())));
    }

    private static Optional<String> first(Pattern pattern, CharSequence text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private void answer(Asked request, Socket socket) throws IOException, InterruptedException {
        OutputStream out = socket.getOutputStream();
        if (!request.bearer().equals(token)) {
            send(out, "401 Unauthorized", "", "{\"error\":{\"message\":\"no\"}}");
        } else if (request.line().startsWith("GET /v1/models ")) {
            send(
                    out,
                    "200 OK",
                    "",
                    "{\"data\":[{\"id\":\"p/hello\"},{\"id\":\"p/dies\"},{\"id\":\"p/stalls\"},"
                            + "{\"id\":\"p/busy\"},{\"id\":\"p/hostile\"},{\"id\":\"p/moved\"},"
                            + "{\"id\":\"p/packed\"},{\"id\":\"p/endless\"},{\"id\":\"p/wrong\"},"
                            + "{\"id\":\"p/flagged\"},{\"id\":\"p/vectors\"},{\"id\":\"p/head\"},"
                            + "{\"id\":\"p/waits\"},"
                            + "{\"id\":\"meta-llama/llama-3.1-8b-instruct\"}]}");
        } else if (!request.line().startsWith("POST /v1/")) {
            send(out, "404 Not Found", "", "{}");
        } else {
            work(request, socket, out);
        }
    }

    private void work(Asked request, Socket socket, OutputStream out)
            throws IOException, InterruptedException {
        switch (request.model()) {
            case "p/busy" -> send(out, "429 Too Many Requests", "Retry-After: 300\r\n", "{}");
            case "p/wrong" -> send(out, "400 Bad Request", "", "{\"error\":{}}");
            case "p/flagged" -> {
                boolean harmless = request.body().path("max_tokens").asInt() == 1;
                send(out, harmless ? "200 OK" : "403 Forbidden", "", "{}");
            }
            case "p/moved" ->
                    send(out, "302 Found", "Location: https://127.0.0.1/v1/secret\r\n", "{}");
            case "p/packed" -> send(out, "200 OK", "Content-Encoding: gzip\r\n", "x");
            case "p/head" -> send(out, "200 OK", "A: " + "x".repeat(20_000) + "\r\n", "x");
            case "p/stalls" -> {
                begin(out);
                await(socket);
            }
            case "p/waits" -> {
                begin(out);
                do {
                    events(out, TestAnswers.HELLO.subList(0, 1));
                } while (!closing.await(20, TimeUnit.MILLISECONDS));
            }
            case "p/dies" -> {
                begin(out);
                events(out, TestAnswers.HELLO.subList(0, 1));
            }
            case "p/endless" -> {
                begin(out);
                while (closing.getCount() > 0) {
                    chunk(out, "x".repeat(BUFFER_BYTES));
                }
            }
            case "p/hostile" -> {
                begin(out);
                events(out, HOSTILE);
                end(out);
            }
            case "p/vectors" ->
                    send(
                            out,
                            "200 OK",
                            "",
                            "{\"data\":[{\"index\":0,\"embedding\":[0.5,-0.25]}],"
                                    + "\"usage\":{\"prompt_tokens\":3}}");
            case "p/nowhere" -> send(out, "404 Not Found", "", "{}");
            default -> {
                begin(out);
                events(out, TestAnswers.HELLO);
                end(out);
            }
        }
    }

    /// Forged change, an identifier, a usage beyond belief, and words behind the end.
    static final List<String> HOSTILE =
            List.of(
                    "{\"type\":\"cashu_change\",\"token\":\"cashuAforged\",\"change_sats\":9}",
                    "{\"id\":\"forged\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ok\"},"
                            + "\"token\":\"cashuAforged\"}],\"cashu_change\":\"cashuAforged\"}",
                    "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}",
                    "{\"choices\":[],\"usage\":{\"prompt_tokens\":9,"
                            + "\"completion_tokens\":2000000000}}",
                    "[DONE]",
                    "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"late\"}}]}");

    /// Waits until the client hangs up.
    private static void await(Socket socket) throws IOException {
        int more = socket.getInputStream().read();
        if (more >= 0) {
            throw new IOException("more than one request");
        }
    }

    private static void begin(OutputStream out) throws IOException {
        String head =
                "HTTP/1.1 200 OK~Content-Type: text/event-stream~Transfer-Encoding: chunked~~";
        out.write(head.replace("~", "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static void events(OutputStream out, List<String> events) throws IOException {
        for (String event : events) {
            chunk(out, "data: " + event + "\n\n");
        }
    }

    private static void chunk(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static void end(OutputStream out) throws IOException {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static void send(OutputStream out, String status, String headers, String body)
            throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        out.write(
                ("HTTP/1.1 "
                                + status
                                + "\r\n"
                                + headers
                                + "Content-Type: application/json\r\n"
                                + "Content-Length: "
                                + bytes.length
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.flush();
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
