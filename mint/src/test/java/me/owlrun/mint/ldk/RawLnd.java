package me.owlrun.mint.ldk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// Plain HTTP to an [LndFront], without any of the mint's own client.
final class RawLnd implements AutoCloseable {

    static final String MACAROON = "Grpc-Metadata-macaroon";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI address;
    private final List<String> headers;

    /// @param headers names and values in turn
    RawLnd(URI address, String... headers) {
        this.address = address;
        this.headers = List.of(headers);
    }

    /// A client that has the right macaroon.
    static RawLnd of(LndFront front) {
        return new RawLnd(front.address(), MACAROON, front.macaroonHex());
    }

    /// An answer with one body.
    record Reply(int status, JsonNode body) {}

    /// An answer of lines that is still under way.
    record Lines(int status, BufferedReader reader) implements AutoCloseable {

        JsonNode next() {
            try {
                return Json.parse(Objects.requireNonNull(reader.readLine(), "no more lines"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        boolean ended() {
            try {
                return reader.readLine() == null;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            try {
                reader.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    Reply get(String path) throws IOException {
        return reply(request(path).GET().build());
    }

    Reply post(String path, ObjectNode body) throws IOException {
        return reply(post(path, Json.bytes(body)));
    }

    Lines getLines(String path) throws IOException {
        return lines(request(path).GET().build());
    }

    Lines postLines(String path, ObjectNode body) throws IOException {
        return lines(post(path, Json.bytes(body)));
    }

    private HttpRequest post(String path, byte[] body) {
        return request(path).POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address + path)).timeout(PATIENCE);
        return headers.isEmpty() ? request : request.headers(headers.toArray(String[]::new));
    }

    private Reply reply(HttpRequest request) throws IOException {
        HttpResponse<byte[]> response = send(request, HttpResponse.BodyHandlers.ofByteArray());
        return new Reply(response.statusCode(), Json.parse(response.body()));
    }

    private Lines lines(HttpRequest request) throws IOException {
        HttpResponse<InputStream> response =
                send(request, HttpResponse.BodyHandlers.ofInputStream());
        return new Lines(
                response.statusCode(),
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8)));
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws IOException {
        try {
            return http.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
