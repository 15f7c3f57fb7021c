package me.owlrun.gateway.node;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.account.ApiKey;
import me.owlrun.gateway.account.Gate;
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

/// The two requests of a job (seed 000, "Job proxy"): the node fetches what to answer, and may
/// stream its answer as a request body instead of over the control channel.
public final class ProxyRoutes implements HttpService {

    private static final System.Logger LOG = System.getLogger(ProxyRoutes.class.getName());

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
            boolean paused =
                    NodeSocket.key(request.query(), request.headers())
                            .filter(dispatcher.nodes()::isPaused)
                            .isPresent();
            Answers.send(response, paused ? Gate.paused() : RegisterRoutes.invalidKey());
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
        if (!job.get().beginAnswer()) {
            Answers.send(response, jobNotFound());
            return;
        }
        if (relay(request, job.get()) == Job.Put.TAKEN) {
            Answers.send(response, Status.OK_200.code(), Json.object().put("status", "ok"));
        } else {
            Answers.send(response, jobNotFound());
        }
    }

    /// Passes the body on piece by piece. A node that has sent all is thanked, even when the answer
    /// had its end before.
    private Job.Put relay(ServerRequest request, Job job) {
        JobEvent end = new JobEvent.Failed("response_broke_off", true);
        try (InputStream in = request.content().inputStream()) {
            byte[] piece = new byte[PIECE_BYTES];
            int length = in.read(piece);
            while (length >= 0) {
                Job.Put put =
                        job.put(
                                new JobEvent.Bytes(Arrays.copyOf(piece, length)),
                                dispatcher.relayWaitMax());
                if (put != Job.Put.TAKEN) {
                    return put;
                }
                length = in.read(piece);
            }
            end = new JobEvent.Done();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Job.Put.CLOSED;
        } catch (IOException | RuntimeException e) {
            // Helidon reports a body that broke off by exceptions of several kinds.
            LOG.log(System.Logger.Level.DEBUG, "an answer broke off", e);
        } finally {
            job.endAnswer();
        }
        return end(job, end);
    }

    private Job.Put end(Job job, JobEvent end) {
        try {
            Job.Put put = job.put(end, dispatcher.relayWaitMax());
            boolean isThanked = put == Job.Put.CLOSED && end instanceof JobEvent.Done;
            return isThanked ? Job.Put.TAKEN : put;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Job.Put.CLOSED;
        }
    }

    /// The job of the path if the key in the request may touch it; otherwise the answer is sent. A
    /// job knows the connection it was offered to, and that its key, so the database is not asked.
    private Optional<Job> authorized(ServerRequest request, ServerResponse response) {
        Optional<ApiKey> key = Credentials.bearer(request.headers()).flatMap(ApiKey::provider);
        String jobId = request.path().pathParameters().get("id");
        Optional<Job> job =
                dispatcher
                        .board()
                        .find(jobId)
                        .filter(found ->
                                key.isPresent()
                                        && found.node() instanceof NodeSession session
                                        && session.belongsTo(key.get()));
        if (job.isEmpty()) {
            boolean known = key.isPresent() && dispatcher.nodes().providerId(key.get()).isPresent();
            Answers.send(response, known ? jobNotFound() : RegisterRoutes.invalidKey());
        }
        return job;
    }

    private static ApiError jobNotFound() {
        return ApiError.of(
                ErrorCode.JOB_NOT_FOUND, "There is no such job for this key, or it is over.");
    }
}
