package me.owlrun.gateway.node;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.http.Answers;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.Credentials;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.job.Job;
import me.owlrun.gateway.job.JobEvent;
import me.owlrun.json.Json;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/// The two requests of a job (seed 000, "Job proxy"): the node fetches what to answer, and may
/// stream its answer as a request body instead of over the control channel.
public final class ProxyRoutes implements HttpService {

    private static final int PIECE_BYTES = 16_384;

    private final Dispatcher dispatcher;

    /// @param dispatcher finds jobs and carries answers to them
    public ProxyRoutes(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(rules, NodeSocket.PATH, this::notUpgraded);
        Answers.get(rules, "/v1/gateway/jobs/{id}/proxy/request", this::fetch);
        Answers.post(rules, "/v1/gateway/jobs/{id}/proxy/response", this::respond);
    }

    /// A request that the WebSocket side did not take.
    private void notUpgraded(ServerRequest request, ServerResponse response) {
        Optional<String> upgrade = request.headers().first(HeaderNames.UPGRADE);
        if (upgrade.isPresent() && upgrade.get().equalsIgnoreCase("websocket")) {
            Answers.send(response, RegisterRoutes.invalidKey());
            return;
        }
        response.header(HeaderNames.UPGRADE, "websocket");
        Answers.send(
                response,
                ApiError.of(
                        ErrorCode.UPGRADE_REQUIRED, "This path is a WebSocket; upgrade to it."));
    }

    private void fetch(ServerRequest request, ServerResponse response) {
        Optional<Job> job = authorized(request, response);
        if (job.isPresent()) {
            response.header(HeaderNames.CONTENT_TYPE, "application/json");
            response.send(job.get().request());
        }
    }

    private void respond(ServerRequest request, ServerResponse response) {
        Optional<Job> job = authorized(request, response);
        if (job.isEmpty()) {
            return;
        }
        Job.Put last = relay(request, job.get());
        if (last == Job.Put.TAKEN) {
            Answers.send(response, Status.OK_200.code(), Json.object().put("status", "ok"));
        } else {
            Answers.send(response, jobNotFound());
        }
    }

    private Job.Put relay(ServerRequest request, Job job) {
        try (InputStream in = request.content().inputStream()) {
            byte[] piece = new byte[PIECE_BYTES];
            int length = in.read(piece);
            while (length >= 0) {
                Job.Put put = dispatcher.put(job, new JobEvent.Bytes(Arrays.copyOf(piece, length)));
                if (put != Job.Put.TAKEN) {
                    return put;
                }
                length = in.read(piece);
            }
            return dispatcher.put(job, new JobEvent.Done());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Job.Put.CLOSED;
        } catch (IOException | RuntimeException e) {
            // Helidon reports a body that broke off by exceptions of several kinds.
            return failed(job);
        }
    }

    private Job.Put failed(Job job) {
        try {
            return dispatcher.put(job, new JobEvent.Failed("response_broke_off", true));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Job.Put.CLOSED;
        }
    }

    /// The job of the path if the key in the request may touch it; otherwise the answer is sent.
    private Optional<Job> authorized(ServerRequest request, ServerResponse response) {
        OptionalLong provider =
                Credentials.bearer(request.headers())
                        .flatMap(ProviderKey::of)
                        .map(key -> dispatcher.nodes().providerId(key))
                        .orElse(OptionalLong.empty());
        if (provider.isEmpty()) {
            Answers.send(response, RegisterRoutes.invalidKey());
            return Optional.empty();
        }
        String jobId = request.path().pathParameters().get("id");
        Optional<Job> job = dispatcher.board().find(jobId, provider.getAsLong());
        if (job.isEmpty()) {
            Answers.send(response, jobNotFound());
        }
        return job;
    }

    private static ApiError jobNotFound() {
        return ApiError.of(
                ErrorCode.JOB_NOT_FOUND, "There is no such job for this key, or it is over.");
    }
}
