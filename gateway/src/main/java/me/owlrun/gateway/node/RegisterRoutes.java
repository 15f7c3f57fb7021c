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
import me.owlrun.gateway.http.RequestScope;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.NodePool;
import me.owlrun.http.HttpBody;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;
import me.owlrun.limit.HourlyLimit;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/// `POST /v1/gateway/register`: a node says what it is, before it opens the control channel.
public final class RegisterRoutes implements HttpService {

    private static final int BODY_BYTES_MAX = 65_536;

    private final NodeStore nodes;
    private final NodePool pool;
    private final HourlyLimit limit;
    private final BooleanSupplier newNodesPaused;
    private final BiConsumer<NodeIdentity, Map<String, String>> digests;

    /// @param nodes where nodes are kept
    /// @param pool where a node that registers again is found
    /// @param newNodesPerHour new nodes that one address may register
    /// @param newNodesPaused whether the operator takes no new nodes
    public RegisterRoutes(
            NodeStore nodes,
            NodePool pool,
            long newNodesPerHour,
            BooleanSupplier newNodesPaused,
            BiConsumer<NodeIdentity, Map<String, String>> digests,
            InstantSource clock) {
        this.digests = digests;
        this.nodes = nodes;
        this.pool = pool;
        this.limit = new HourlyLimit(newNodesPerHour, clock);
        this.newNodesPaused = newNodesPaused;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.post(rules, "/v1/gateway/register", this::register);
    }

    private void register(ServerRequest request, ServerResponse response) {
        Optional<ApiKey> key = Credentials.bearer(request.headers()).flatMap(ApiKey::provider);
        if (key.isEmpty()) {
            Answers.send(response, invalidKey());
            return;
        }
        Optional<byte[]> body = HttpBody.read(request, BODY_BYTES_MAX);
        if (body.isEmpty()) {
            Answers.send(
                    response,
                    ApiError.of(ErrorCode.BODY_TOO_LARGE, "A registration has at most 64 KiB."));
            return;
        }
        switch (read(body.get())) {
            case Registration.Reading.Wrong(ApiError error) -> Answers.send(response, error);
            case Registration.Reading.Fine(Registration node) -> {
                if (nodes.isPaused(key.get())) {
                    Answers.send(response, Gate.paused());
                    return;
                }
                if (isOneTooMany(request, response, key.get(), node)) {
                    return;
                }
                if (!isRegistered(key.get(), node)) {
                    Answers.send(response, invalidKey());
                    return;
                }
                Answers.send(
                        response,
                        Status.OK_200.code(),
                        Json.object().put("status", "registered").put("node_id", node.nodeId()));
            }
        }
    }

    private boolean isOneTooMany(
            ServerRequest request, ServerResponse response, ApiKey key, Registration node) {
        if (nodes.find(key, Optional.of(node.nodeId())).isPresent()) {
            return false;
        }
        if (newNodesPaused.getAsBoolean()) {
            response.header(HeaderNames.RETRY_AFTER, "300");
            Answers.send(
                    response,
                    ApiError.of(
                            ErrorCode.PAUSED,
                            "The operator takes no new nodes at the moment; known ones go on."));
            return true;
        }
        String client = RequestScope.client().orElseGet(() -> request.remotePeer().host());
        Optional<Duration> wait = limit.refuse(client);
        if (wait.isEmpty()) {
            return false;
        }
        response.header(HeaderNames.RETRY_AFTER, Long.toString(wait.get().toSeconds() + 1));
        Answers.send(
                response,
                ApiError.of(
                        ErrorCode.RATE_LIMIT_EXCEEDED,
                        "Too many new nodes from this address; try again later."));
        return true;
    }

    /// Whether it was taken: not when the key was revoked.
    private boolean isRegistered(ApiKey key, Registration node) {
        Optional<NodeStore.Registered> registered = nodes.register(key, node);
        registered.ifPresent(known -> {
            digests.accept(known.identity(), node.digests());
            if (pool.find(known.identity()).orElse(null) instanceof NodeSession session) {
                session.registeredAgain(known);
            }
        });
        return registered.isPresent();
    }

    private static Registration.Reading read(byte[] body) {
        try {
            return Registration.read(Json.parseObject(body));
        } catch (InvalidJsonException e) {
            return new Registration.Reading.Wrong(
                    ApiError.of(ErrorCode.INVALID_JSON, "The body is " + e.getMessage() + "."));
        }
    }

    static ApiError invalidKey() {
        return ApiError.of(
                ErrorCode.INVALID_API_KEY,
                "Send your key owlr_prov_... as Authorization: Bearer, and register it first.",
                "Authorization");
    }
}
