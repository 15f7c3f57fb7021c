package me.owlrun.agent.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.agent.wire.Json;
import me.owlrun.agent.wire.ResponseBody;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/// The calls of an OpenAI-style server that Ollama and the others have in common: read a list, run
/// an answer. Owns its HTTP client.
final class OpenAiCalls implements AutoCloseable {
    private static final int LIST_BYTES_MAX = 4 << 20;
    private static final int ERROR_BYTES_MAX = 16 << 10;
    private static final int DOCUMENT_BYTES_MAX = 16 << 20;
    private static final int LINE_BYTES_MAX = 64 << 10;
    private static final int OK = 200;

    private final URI base;
    private final EngineLimits limits;
    private final HttpClient client;

    /// @param base the server's address without a slash at the end
    OpenAiCalls(URI base, EngineLimits limits) {
        this.base = base;
        this.limits = limits;
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .connectTimeout(limits.connect())
                        .build();
    }

    /// Reads one JSON object, such as the list of models.
    ///
    /// @throws IOException if the server does not answer 200 with one; the message says why
    ObjectNode get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(limits.models()).build();
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                client.send(request, HttpResponse.BodyHandlers.ofPublisher());
        try (ResponseBody body = ResponseBody.of(response)) {
            if (response.statusCode() != OK) {
                throw new IOException("status " + response.statusCode() + " from " + path);
            }
            return Json.readObject(body.readAll(LIST_BYTES_MAX, limits.models()))
                    .orElseThrow(() -> new IOException("no JSON object from " + path));
        }
    }

    /// Sends a JSON object and reads JSON objects, one to a line, until the answer's end.
    ///
    /// @param method `POST` or `DELETE`
    /// @param silence how long may pass until the answer begins, and between two pieces
    /// @param taker gets each object
    /// @throws IOException if the server does not answer 200 with such lines, or breaks off
    void lines(
            String method,
            String path,
            ObjectNode body,
            Duration silence,
            Consumer<ObjectNode> taker)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(base + path))
                        .timeout(silence)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(Json.write(body)))
                        .build();
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                client.send(request, HttpResponse.BodyHandlers.ofPublisher());
        try (ResponseBody octets = ResponseBody.of(response)) {
            if (response.statusCode() != OK) {
                String said =
                        Json.readObject(readError(octets))
                                .map(error -> error.path("error").asText(""))
                                .orElse("");
                throw new IOException("status " + response.statusCode() + " " + said);
            }
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            byte[] piece = octets.next(silence);
            while (piece.length > 0) {
                for (byte octet : piece) {
                    if (octet == '\n') {
                        hand(line, taker);
                    } else if (line.size() < LINE_BYTES_MAX) {
                        line.write(octet);
                    }
                }
                piece = octets.next(silence);
            }
            hand(line, taker);
        }
    }

    private static void hand(ByteArrayOutputStream line, Consumer<ObjectNode> taker)
            throws IOException {
        if (line.size() > 0) {
            taker.accept(
                    Json.readObject(line.toByteArray())
                            .orElseThrow(() -> new IOException("a line that is no JSON object")));
            line.reset();
        }
    }

    /// Runs one answer; see [Engine#answer].
    Engine.Answer answer(EngineRequest request, Engine.Sink sink) throws InterruptedException {
        Duration limit = request.streamed() ? limits.firstByte() : limits.document();
        HttpRequest post =
                HttpRequest.newBuilder(URI.create(base + request.path()))
                        .timeout(limit)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(request.body()))
                        .build();
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response;
        try {
            response = client.send(post, HttpResponse.BodyHandlers.ofPublisher());
        } catch (HttpTimeoutException late) {
            return Failures.silent(limit);
        } catch (IOException broken) {
            return Failures.unreachable(broken);
        }
        try (ResponseBody body = ResponseBody.of(response)) {
            if (response.statusCode() != OK) {
                return Failures.status(response.statusCode(), readError(body));
            }
            return request.streamed()
                    ? new StreamedAnswer(body, limits, sink).run()
                    : document(body, sink);
        }
    }

    /// Drops every connection to the engine.
    @Override
    public void close() {
        client.shutdownNow();
    }

    private Engine.Answer document(ResponseBody body, Engine.Sink sink)
            throws InterruptedException {
        byte[] document;
        try {
            document = body.readAll(DOCUMENT_BYTES_MAX, limits.document());
        } catch (ResponseBody.SilentException silent) {
            return Failures.silent(limits.document());
        } catch (IOException broken) {
            return Failures.broken("the connection to the engine broke during the answer");
        }
        if (Json.readObject(document).isEmpty()) {
            return Failures.broken("the engine's answer is no JSON object");
        }
        try {
            sink.take(List.of(document));
        } catch (IOException unwanted) {
            return new Engine.Answer.Unwanted("the gateway takes no more");
        }
        return new Engine.Answer.Complete(AnswerTally.ofDocument(document));
    }

    private byte[] readError(ResponseBody body) throws InterruptedException {
        try {
            return body.readAll(ERROR_BYTES_MAX, limits.models());
        } catch (IOException unreadable) {
            return new byte[0];
        }
    }
}
