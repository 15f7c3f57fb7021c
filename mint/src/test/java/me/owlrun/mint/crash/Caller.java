package me.owlrun.mint.crash;

import com.fasterxml.jackson.databind.JsonNode;

import me.owlrun.json.Json;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// Sends requests to mints that may die under them, and sends the same request again, to any of
/// them, until there is an answer.
final class Caller {

    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
    private static final Duration INSIST_MAX = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final int FAULT = 500;

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_MAX)
                    .build();
    private final Fleet fleet;
    private final boolean faultsAllowed;
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong faults = new AtomicLong();

    /// @param faultsAllowed whether HTTP 500 is to be expected, as while the database is down
    Caller(Fleet fleet, boolean faultsAllowed) {
        this.fleet = fleet;
        this.faultsAllowed = faultsAllowed;
    }

    /// A request that can be sent again byte by byte.
    ///
    /// @param body empty for a GET
    record Request(String path, String body) {

        static Request post(String path, JsonNode body) {
            return new Request(path, Json.text(body));
        }

        static Request get(String path) {
            return new Request(path, "");
        }
    }

    /// An answer, as it came.
    record Answer(int status, String body) {

        JsonNode json() {
            return Json.parse(body);
        }

        /// The error code, or 0 when it is no error.
        int code() {
            return status == 200 ? 0 : json().path("code").asInt(0);
        }

        /// The body of an answer that must be good.
        JsonNode ok() {
            if (status != 200) {
                throw new AssertionError(this);
            }
            return json();
        }

        @Override
        public String toString() {
            return "HTTP " + status + " " + body;
        }
    }

    /// Sends a request until it is answered, each time to a mint drawn by lot.
    Answer insist(Request request, RandomGenerator random) {
        long deadline = System.nanoTime() + INSIST_MAX.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<String> url = fleet.any(random);
            Optional<Answer> answer = url.flatMap(u -> once(u, request));
            answer.ifPresent(a -> fleet.answered(url.orElseThrow()));
            if (answer.isPresent() && answer.get().status() < FAULT) {
                answered.incrementAndGet();
                return answer.get();
            }
            if (answer.isPresent()) {
                faults.incrementAndGet();
                if (!faultsAllowed) {
                    throw new AssertionError(request.path() + ": " + answer.get());
                }
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new AssertionError("no answer in " + INSIST_MAX + ": " + request.path());
    }

    /// Sends a request once.
    ///
    /// @return nothing when the connection broke or could not be made
    Optional<Answer> once(String url, Request request) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(url + request.path())).timeout(ANSWER_MAX);
        if (!request.body().isEmpty()) {
            builder.header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(request.body()));
        }
        try {
            HttpResponse<String> response =
                    http.send(builder.build(), HttpResponse.BodyHandlers.ofString());
            return Optional.of(new Answer(response.statusCode(), response.body()));
        } catch (IOException e) {
            lost.incrementAndGet();
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// What happened so far, for the closing line.
    String counts() {
        return "%d answers, %d broken connections, %d faults"
                .formatted(answered.get(), lost.get(), faults.get());
    }
}
