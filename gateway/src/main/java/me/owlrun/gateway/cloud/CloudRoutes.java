package me.owlrun.gateway.cloud;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
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
import me.owlrun.gateway.http.JsonBody;
import me.owlrun.gateway.http.RequestScope;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.limit.HourlyLimit;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/// A provider's cloud nodes: `/v1/cloud/nodes`.
public final class CloudRoutes implements HttpService {

    private static final int BODY_BYTES_MAX = 65_536;

    private final Optional<Clouds> clouds;
    private final HourlyLimit limit;
    private final BooleanSupplier newNodesPaused;

    /// @param clouds empty when this gateway takes no cloud nodes
    /// @param limit questions to clouds that one address may cause
    /// @param newNodesPaused whether the operator takes no new nodes
    CloudRoutes(Optional<Clouds> clouds, HourlyLimit limit, BooleanSupplier newNodesPaused) {
        this.clouds = clouds;
        this.limit = limit;
        this.newNodesPaused = newNodesPaused;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.on(
                rules, "/v1/cloud/nodes", Map.of(Method.GET, this::list, Method.POST, this::add));
        Answers.on(
                rules,
                "/v1/cloud/nodes/{id}",
                Map.of(
                        Method.GET, this::show,
                        Method.PATCH, this::change,
                        Method.DELETE, this::delete));
    }

    /// What is done for a provider whose key is in order.
    private interface UseCase {
        void run(Clouds on, ApiKey key, OptionalLong provider);
    }

    /// Asks for a key that is known, or by its form could become so.
    private void withKey(
            ServerRequest request, ServerResponse response, boolean maybeNew, UseCase then) {
        if (clouds.isEmpty()) {
            Answers.send(response, off());
            return;
        }
        Clouds on = clouds.get();
        Optional<ApiKey> key = Credentials.bearer(request.headers()).flatMap(ApiKey::provider);
        OptionalLong provider = key.map(on::provider).orElse(OptionalLong.empty());
        if (key.isEmpty() || (provider.isEmpty() && !maybeNew)) {
            Answers.send(response, invalidKey());
            return;
        }
        then.run(on, key.get(), provider);
    }

    private void list(ServerRequest request, ServerResponse response) {
        withKey(
                request,
                response,
                false,
                (on, key, provider) ->
                        Answers.send(
                                response, Status.OK_200.code(), on.list(provider.orElseThrow())));
    }

    private void show(ServerRequest request, ServerResponse response) {
        withKey(
                request,
                response,
                false,
                (on, key, provider) -> answer(response, on.show(id(request, provider))));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        withKey(
                request,
                response,
                false,
                (on, key, provider) -> answer(response, on.delete(id(request, provider))));
    }

    private void change(ServerRequest request, ServerResponse response) {
        withKey(
                request,
                response,
                false,
                (on, key, provider) -> {
                    Optional<ObjectNode> body = body(request, response, on, key);
                    if (body.isPresent() && !isOneTooMany(request, response)) {
                        answer(response, on.change(id(request, provider), on.read(body.get())));
                    }
                });
    }

    private void add(ServerRequest request, ServerResponse response) {
        withKey(
                request,
                response,
                true,
                (on, key, provider) -> {
                    if (newNodesPaused.getAsBoolean()) {
                        response.header(HeaderNames.RETRY_AFTER, "300");
                        Answers.send(response, paused());
                        return;
                    }
                    Optional<ObjectNode> body = body(request, response, on, key);
                    if (body.isPresent() && !isOneTooMany(request, response)) {
                        answer(response, on.add(key, on.read(body.get())));
                    }
                });
    }

    /// The body, unless the account is paused or the body is wrong; then the answer is sent.
    private static Optional<ObjectNode> body(
            ServerRequest request, ServerResponse response, Clouds on, ApiKey key) {
        if (on.isPaused(key)) {
            Answers.send(response, Gate.paused());
            return Optional.empty();
        }
        return switch (JsonBody.read(request, BODY_BYTES_MAX)) {
            case JsonBody.Reading.Wrong(ApiError error) -> {
                Answers.send(response, error);
                yield Optional.empty();
            }
            case JsonBody.Reading.Fine(ObjectNode body) -> Optional.of(body);
        };
    }

    private boolean isOneTooMany(ServerRequest request, ServerResponse response) {
        String client = RequestScope.client().orElseGet(() -> request.remotePeer().host());
        Optional<Duration> wait = limit.refuse(client);
        wait.ifPresent(time -> {
            response.header(HeaderNames.RETRY_AFTER, Long.toString(time.toSeconds() + 1));
            Answers.send(
                    response,
                    ApiError.of(
                            ErrorCode.RATE_LIMIT_EXCEEDED,
                            "Too many changes of cloud nodes from this address; try again later."));
        });
        return wait.isPresent();
    }

    private static NodeIdentity id(ServerRequest request, OptionalLong provider) {
        return new NodeIdentity(provider.orElseThrow(), request.path().pathParameters().get("id"));
    }

    private static void answer(ServerResponse response, Clouds.Result<ObjectNode> result) {
        switch (result) {
            case Clouds.Result.Fine<ObjectNode>(ObjectNode json) ->
                    Answers.send(response, Status.OK_200.code(), json);
            case Clouds.Result.Wrong<ObjectNode>(ApiError error) -> Answers.send(response, error);
        }
    }

    static ApiError invalidKey() {
        return ApiError.of(
                ErrorCode.INVALID_API_KEY,
                "Send your key owlr_prov_... as Authorization: Bearer; the first cloud node opens"
                        + " its account.",
                "Authorization");
    }

    private static ApiError paused() {
        return ApiError.of(
                ErrorCode.PAUSED,
                "The operator takes no new nodes at the moment; known ones go on.");
    }

    private static ApiError off() {
        return ApiError.of(
                ErrorCode.CLOUD_OFF,
                "This gateway takes no cloud nodes: its operator has not set cloud.key_file.");
    }
}
