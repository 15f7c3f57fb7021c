package me.owlrun.agent.job;

import me.owlrun.agent.engine.EngineRequest;
import me.owlrun.agent.wire.Gateway;
import me.owlrun.agent.wire.ResponseBody;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;

/// Fetches what the buyer asked: `GET .../proxy/request`, the first half of the seed's "two-request
/// split".
final class RequestFetch {
    private static final Duration FETCH_LIMIT = Duration.ofSeconds(15);
    private static final int BODY_BYTES_MAX = 16 << 20;
    private static final int OK = 200;

    private final HttpClient client;
    private final Gateway gateway;

    RequestFetch(HttpClient client, Gateway gateway) {
        this.client = client;
        this.gateway = gateway;
    }

    /// What came of it.
    sealed interface Fetched {
        /// A request an engine can run.
        record Request(EngineRequest request) implements Fetched {}

        /// The gateway gave something that no engine can run.
        record Unreadable(String why) implements Fetched {}

        /// The gateway did not give it.
        record Failure(String why) implements Fetched {}
    }

    /// Fetches and reads the request of a job.
    Fetched fetch(String jobId) throws InterruptedException {
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response;
        try {
            response =
                    client.send(
                            gateway.jobRequest(jobId, FETCH_LIMIT),
                            HttpResponse.BodyHandlers.ofPublisher());
        } catch (IOException broken) {
            return new Fetched.Failure("the gateway did not give the request");
        }
        try (ResponseBody body = ResponseBody.of(response)) {
            if (response.statusCode() != OK) {
                return new Fetched.Failure("status " + response.statusCode() + " for the request");
            }
            return read(body.readAll(BODY_BYTES_MAX, FETCH_LIMIT));
        } catch (IOException broken) {
            return new Fetched.Failure("the request broke off or is longer than 16 MiB");
        }
    }

    private static Fetched read(byte[] body) {
        Optional<EngineRequest> request = EngineRequest.read(body);
        return request.<Fetched>map(Fetched.Request::new)
                .orElseGet(() ->
                        new Fetched.Unreadable(
                                "the request is no JSON object with a model and"
                                        + " messages, prompt or input"));
    }
}
