package me.owlrun.gateway.trust;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.http.Answers;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.Credentials;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.json.Json;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// `GET /v1/nodes/{id}/checks`: what speaks for and against a node, for its own operator. It counts
/// checks that are over and never says which job was one.
public final class ChecksRoutes implements HttpService {

    private static final int SIGNS_MAX = 50;
    private static final int NAME_CHARS_MAX = 64;

    private final TrustStore store;
    private final NodeLookStore nodes;
    private final EscrowStore escrow;
    private final TrustRules rules;
    private final Tally tally;
    private final Function<String, OptionalLong> accounts;
    private final InstantSource clock;

    /// Counts the checks of a node.
    public interface Tally {

        /// How a node did since a moment, as JSON.
        ObjectNode since(NodeIdentity node, Instant since);
    }

    ChecksRoutes(
            TrustStore store,
            NodeLookStore nodes,
            EscrowStore escrow,
            TrustRules rules,
            Tally tally,
            Function<String, OptionalLong> accounts,
            InstantSource clock) {
        this.store = store;
        this.nodes = nodes;
        this.escrow = escrow;
        this.rules = rules;
        this.tally = tally;
        this.accounts = accounts;
        this.clock = clock;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(rules, "/v1/nodes/{id}/checks", this::checks);
    }

    private void checks(ServerRequest request, ServerResponse response) {
        OptionalLong account =
                Credentials.bearer(request.headers()).map(accounts).orElse(OptionalLong.empty());
        if (account.isEmpty()) {
            Answers.send(
                    response,
                    ApiError.of(
                            ErrorCode.INVALID_API_KEY,
                            "Send the key of the node's account as Authorization: Bearer.",
                            "Authorization"));
            return;
        }
        String name = request.path().pathParameters().get("id");
        NodeIdentity node = new NodeIdentity(account.getAsLong(), name);
        Optional<NodeLookStore.Look> look =
                name.length() > NAME_CHARS_MAX ? Optional.empty() : nodes.find(node);
        if (look.isEmpty()) {
            Answers.send(
                    response,
                    ApiError.of(
                            ErrorCode.NOT_FOUND,
                            "No node of this name is registered with your key.",
                            "id"));
            return;
        }
        Answers.send(response, Status.OK_200.code(), json(node, look.get()));
    }

    private ObjectNode json(NodeIdentity node, NodeLookStore.Look look) {
        Instant now = clock.instant();
        Optional<TrustStore.State> state = store.find(node);
        ObjectNode json = Json.object();
        json.put("object", "node.checks");
        json.put("node_id", node.nodeId());
        json.put("takes_jobs", look.reason().isEmpty());
        json.put("reason", look.reason());
        json.put("points", state.map(at -> store.points(at, now)).orElse(0L) / Suspicion.MILLI);
        json.put("points_max", rules.putAwayPoints());
        json.put("half_life_seconds", rules.halfLife().toSeconds());
        json.put("jobs_lost_last_hour", store.drops(node, now));
        json.put("jobs_lost_per_hour_max", rules.dropsPerHour());
        json.set("last_7_days", tally.since(node, now.minus(Duration.ofDays(7))));
        Instant known = look.firstRegisteredAt();
        ObjectNode waits = json.putObject("escrow");
        waits.put("account_in_escrow_msats", escrow.held(node.providerId()).value());
        waits.put("new_until", known.plus(rules.escrow().time()).getEpochSecond());
        waits.put("new_until_jobs", rules.escrow().jobs());
        signs(json.putArray("signs"), store.signs(node, SIGNS_MAX));
        return json;
    }

    static void signs(ArrayNode list, List<TrustStore.Noted> signs) {
        for (TrustStore.Noted sign : signs) {
            list.addObject()
                    .put("sign", sign.sign())
                    .put("points", sign.pointsMilli() / Suspicion.MILLI)
                    .put("detail", sign.detail())
                    .put("at", sign.at().getEpochSecond());
        }
    }
}
