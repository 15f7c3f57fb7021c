package me.owlrun.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The operator of a test: a token, a port, and a gateway that listens there.
final class TestOperator {

    static final String TOKEN = "0123456789abcdef0123456789abcdef";

    private final int port = freePort();
    private final Path tokenFile;

    TestOperator() {
        try {
            tokenFile = Files.createTempFile("owlrun-admin", ".token");
            Files.writeString(tokenFile, TOKEN + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The settings that open the interface, and more.
    String[] flags(String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.add("--admin.port=" + port);
        all.add("--admin.token.file=" + tokenFile);
        return all.toArray(String[]::new);
    }

    HttpResponse<String> send(String token, String path, String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (!body.isEmpty()) {
            request.POST(HttpRequest.BodyPublishers.ofString(body));
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    JsonNode get(String path) {
        return ok(send(TOKEN, path, ""));
    }

    JsonNode post(String path, String body) {
        return ok(send(TOKEN, path, body));
    }

    private static JsonNode ok(HttpResponse<String> response) {
        assertEquals(200, response.statusCode(), response.body());
        return Json.parse(response.body());
    }
}
