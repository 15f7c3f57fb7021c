package me.owlrun.gateway;

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
import java.util.function.Predicate;
import java.util.function.Supplier;

/// An account at a gateway that may be gone at any moment, and come back at another place.
final class FaultAccount {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration END_MAX = Duration.ofSeconds(90);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(25);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private final Supplier<String> gatewayUrl;
    private final String key;
    private final long id;

    private FaultAccount(Supplier<String> gatewayUrl, String key) {
        this.gatewayUrl = gatewayUrl;
        this.key = key;
        String name = get("/v1/account").path("id").asText();
        this.id = Long.parseLong(name.substring(name.indexOf('_') + 1));
    }

    /// A whole answer.
    record Reply(int status, JsonNode body) {}

    /// Opens an account.
    static FaultAccount open(Supplier<String> gatewayUrl) {
        JsonNode opened =
                new Asking(gatewayUrl, "").until("POST", "/v1/beta/signup", "", _ -> true).body();
        return new FaultAccount(gatewayUrl, opened.path("api_key").asText());
    }

    long id() {
        return id;
    }

    String key() {
        return key;
    }

    /// Asks once; empty when the gateway is gone, or was before the answer was whole.
    Optional<Reply> post(String path, String body, String... headers) {
        return new Asking(gatewayUrl, key).once("POST", path, body, headers);
    }

    /// Asks until an answer is as wished.
    Reply postUntil(Predicate<Reply> wish, String path, String body, String... headers) {
        return new Asking(gatewayUrl, key).until("POST", path, body, wish, headers);
    }

    /// Asks until there is a good answer.
    JsonNode get(String path) {
        return getUntil(reply -> reply.status == 200, path).body;
    }

    /// Asks until an answer is as wished.
    Reply getUntil(Predicate<Reply> wish, String path) {
        return new Asking(gatewayUrl, key).until("GET", path, "", wish);
    }

    /// Both pots.
    long balanceMsat() {
        return get("/v1/account").path("balance_msats").asLong();
    }

    /// The requests of one key.
    private record Asking(Supplier<String> gatewayUrl, String key) {

        Optional<Reply> once(String method, String path, String body, String... headers) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(gatewayUrl.get() + path))
                            .timeout(ANSWER_MAX)
                            .method(method, HttpRequest.BodyPublishers.ofString(body));
            if (!body.isEmpty()) {
                request.setHeader("Content-Type", "application/json");
            }
            if (!key.isEmpty()) {
                request.setHeader("Authorization", "Bearer " + key);
            }
            for (int i = 0; i < headers.length; i += 2) {
                request.setHeader(headers[i], headers[i + 1]);
            }
            try {
                HttpResponse<String> response =
                        HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
                return Optional.of(new Reply(response.statusCode(), Json.parse(response.body())));
            } catch (IOException | InvalidJsonException e) {
                return Optional.empty();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        Reply until(
                String method, String path, String body, Predicate<Reply> wish, String... headers) {
            long start = System.nanoTime();
            while (true) {
                Optional<Reply> reply = once(method, path, body, headers);
                if (reply.filter(wish).isPresent()) {
                    return reply.get();
                }
                if (System.nanoTime() - start > END_MAX.toNanos()) {
                    throw new AssertionError(path + " is still not as wished: " + reply);
                }
                Waiting.rest(LOOK_EVERY);
            }
        }
    }
}
