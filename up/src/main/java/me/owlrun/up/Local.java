package me.owlrun.up;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/// Small HTTP calls to the parts on this machine.
final class Local implements AutoCloseable {

    private static final Duration CALL_MAX = Duration.ofSeconds(10);

    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();

    /// The JSON a GET answers with status 200, or nothing.
    Optional<JsonNode> get(String url) {
        return send(HttpRequest.newBuilder(URI.create(url)).timeout(CALL_MAX).build());
    }

    /// The JSON a POST answers with status 200, or nothing.
    Optional<JsonNode> post(String url, JsonNode body) {
        return send(
                HttpRequest.newBuilder(URI.create(url))
                        .timeout(CALL_MAX)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)))
                        .build());
    }

    private Optional<JsonNode> send(HttpRequest request) {
        try {
            HttpResponse<byte[]> response =
                    client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return response.statusCode() == 200
                    ? Optional.of(Json.parse(response.body()))
                    : Optional.empty();
        } catch (IOException | InvalidJsonException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
