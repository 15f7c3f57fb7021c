package me.owlrun.gateway.cloud;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.config.Secret;
import me.owlrun.gateway.account.ApiKey;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.job.Task;
import me.owlrun.json.Json;

import java.net.URI;
import java.security.SecureRandom;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// What owners do with their cloud nodes. Before anything is stored the server is asked whether it
/// takes the token.
final class Clouds {

    private static final String ID_PREFIX = "cloud_";
    private static final int ID_BYTES = 12;
    private static final int CAPACITY_DEFAULT = 4;

    /// How often a change is tried again that another change came before.
    private static final int TRIES = 3;

    private final CloudHelp help;
    private final CloudNodes nodes;
    private final KeyFile keyFile;
    private final long nodesMax;
    private final SecureRandom random;

    Clouds(CloudHelp help, CloudNodes nodes, KeyFile keyFile, long nodesMax, SecureRandom random) {
        this.help = help;
        this.nodes = nodes;
        this.keyFile = keyFile;
        this.nodesMax = nodesMax;
        this.random = random;
    }

    /// The account of a key; empty when the key is not known.
    OptionalLong provider(ApiKey key) {
        return help.store().provider(key);
    }

    boolean isPaused(ApiKey key) {
        return help.store().isPaused(key);
    }

    CloudRequest read(ObjectNode body) {
        return new CloudRequest(body, help.calls()::refusal);
    }

    /// All nodes of an owner.
    ObjectNode list(long provider) {
        ArrayNode data = Json.array();
        help.store().of(provider).forEach(stored -> data.add(json(stored.node())));
        ObjectNode json = Json.object().put("object", "list");
        json.set("data", data);
        return json;
    }

    Result<ObjectNode> show(NodeIdentity id) {
        return help.store()
                .find(id)
                .<Result<ObjectNode>>map(stored -> new Result.Fine<>(json(stored.node())))
                .orElseGet(Clouds::unknown);
    }

    /// What an owner gets.
    ///
    /// @param <T> when all is well
    sealed interface Result<T> {
        /// It was done.
        record Fine<T>(T value) implements Result<T> {}

        /// It was not.
        record Wrong<T>(ApiError error) implements Result<T> {}
    }

    /// Adds a node; a new key opens an account.
    Result<ObjectNode> add(ApiKey key, CloudRequest request) {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        String nodeId = ID_PREFIX + HexFormat.of().formatHex(id);
        CloudNode draft = request.fresh(blank(new NodeIdentity(0, nodeId)));
        Optional<Secret> token = request.token();
        if (request.error().isPresent() || token.isEmpty()) {
            return new Result.Wrong<>(request.error().orElseGet(Clouds::noToken));
        }
        OptionalLong known = help.store().provider(key);
        if (known.isPresent() && help.store().count(known.getAsLong()) >= nodesMax) {
            return tooMany();
        }
        Optional<ApiError> wrong = help.probe().check(draft, token.get());
        if (wrong.isPresent()) {
            return new Result.Wrong<>(wrong.get());
        }
        OptionalLong provider = help.store().providerOrNew(key);
        if (provider.isEmpty()) {
            return new Result.Wrong<>(CloudRoutes.invalidKey());
        }
        CloudNode node = draft.of(new NodeIdentity(provider.getAsLong(), nodeId));
        SealedToken sealed = keyFile.keys().seal(node.place(), token.get(), random);
        if (!help.store().add(new StoredNode(node, sealed), nodesMax)) {
            return tooMany();
        }
        nodes.refresh();
        return new Result.Fine<>(json(node));
    }

    private CloudNode blank(NodeIdentity identity) {
        return new CloudNode(
                identity,
                "",
                URI.create(""),
                List.of(),
                Map.of(),
                Set.of(Task.CHAT),
                CAPACITY_DEFAULT,
                false,
                "",
                1,
                help.clock().instant().truncatedTo(ChronoUnit.MICROS));
    }

    /// Changes a node. Its server is asked again when the change could make it of no use, and when
    /// its owner wants it back that the gateway paused.
    Result<ObjectNode> change(NodeIdentity id, CloudRequest request) {
        Optional<CloudNode> checked = Optional.empty();
        for (int tries = 0; tries < TRIES; tries++) {
            Optional<StoredNode> before = help.store().find(id);
            if (before.isEmpty()) {
                return unknown();
            }
            CloudNode node = request.change(before.get().node());
            Optional<Secret> fresh = request.token();
            if (request.error().isPresent()) {
                return new Result.Wrong<>(request.error().get());
            }
            TokenKeys keys = keyFile.keys();
            Optional<Secret> token =
                    fresh.isPresent()
                            ? fresh
                            : keys.open(before.get().node().place(), before.get().token());
            if (token.isEmpty()) {
                return new Result.Wrong<>(noToken());
            }
            if (checked.isEmpty() && needsCheck(before.get().node(), node, fresh)) {
                Optional<ApiError> wrong = help.probe().check(node, token.get());
                if (wrong.isPresent()) {
                    return new Result.Wrong<>(wrong.get());
                }
                checked = Optional.of(node);
            }
            SealedToken sealed = keys.seal(node.place(), token.get(), random);
            if (help.store().change(new StoredNode(node, sealed))) {
                nodes.refresh();
                return show(id);
            }
        }
        return new Result.Wrong<>(
                ApiError.of(ErrorCode.INTERNAL_ERROR, "The node changes all the time; try again."));
    }

    private static boolean needsCheck(CloudNode before, CloudNode after, Optional<Secret> fresh) {
        return fresh.isPresent()
                || !before.baseUrl().equals(after.baseUrl())
                || !before.upstream().equals(after.upstream())
                || !before.tasks().equals(after.tasks())
                || (!before.problem().isEmpty() && !after.paused());
    }

    /// Takes a node away, with its token; jobs under way go on.
    Result<ObjectNode> delete(NodeIdentity id) {
        if (!help.store().delete(id)) {
            return unknown();
        }
        nodes.refresh();
        return new Result.Fine<>(
                Json.object()
                        .put("object", "cloud_node")
                        .put("id", id.nodeId())
                        .put("deleted", true));
    }

    /// A node for its owner, without its token.
    private ObjectNode json(CloudNode node) {
        Optional<CloudLink> link = nodes.find(node.identity());
        Optional<CloudProblem> problem = link.flatMap(CloudLink::problem);
        ObjectNode json = Json.object();
        json.put("object", "cloud_node");
        json.put("id", node.identity().nodeId());
        json.put("name", node.name());
        json.put("base_url", node.baseUrl().toString());
        ArrayNode models = json.putArray("models");
        node.models().forEach(models::add);
        ObjectNode map = json.putObject("model_map");
        node.upstream()
                .forEach((ours, theirs) -> {
                    if (!ours.equals(theirs)) {
                        map.put(ours, theirs);
                    }
                });
        ArrayNode tasks = json.putArray("tasks");
        node.tasks().stream().map(Task::text).sorted().forEach(tasks::add);
        json.put("capacity", node.capacity());
        json.put("running", link.map(nodes::running).orElse(0));
        json.put("paused", node.paused());
        json.put("state", state(node, link));
        json.put(
                "problem",
                node.problem().isEmpty()
                        ? problem.map(CloudProblem::text).orElse(null)
                        : node.problem());
        json.put("problem_at", problem.map(each -> each.at().toString()).orElse(null));
        json.put("created_at", node.createdAt().toString());
        return json;
    }

    private static String state(CloudNode node, Optional<CloudLink> link) {
        if (node.paused()) {
            return node.problem().isEmpty() ? "paused" : "refused";
        }
        if (link.isEmpty()) {
            return "starting";
        }
        if (!link.get().isOpen()) {
            return "locked";
        }
        return link.get().isResting() ? "resting" : "online";
    }

    private static ApiError noToken() {
        return ApiError.of(
                ErrorCode.INVALID_REQUEST,
                "The node's token does not open here; give it again as 'api_token'.",
                "api_token");
    }

    private static <T> Result<T> unknown() {
        return new Result.Wrong<>(
                ApiError.of(ErrorCode.CLOUD_NODE_NOT_FOUND, "The account has no such cloud node."));
    }

    private <T> Result<T> tooMany() {
        return new Result.Wrong<>(
                ApiError.of(
                        ErrorCode.TOO_MANY_CLOUD_NODES,
                        "The account has %d cloud nodes, as many as it may; take one away first."
                                .formatted(nodesMax)));
    }
}
