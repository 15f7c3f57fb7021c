package me.owlrun.gateway.standing;

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
import me.owlrun.gateway.job.NodePool;
import me.owlrun.gateway.job.Task;
import me.owlrun.gateway.routing.Decision;
import me.owlrun.gateway.routing.Earned;
import me.owlrun.gateway.routing.Health;
import me.owlrun.gateway.routing.Verdict;
import me.owlrun.json.Json;

import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/// `GET /v1/nodes/{id}/standing`: what a node has earned, and why it did or did not get a job, for
/// its operator. Other operators' nodes have no names here.
public final class StandingRoutes implements HttpService {

    private static final int DIGITS = 4;
    private static final double SCALE = 1e4;
    private static final int MILLI_DIGITS = 3;

    private final StandingBook book;
    private final NodePool pool;
    private final Function<String, OptionalLong> accounts;

    /// @param accounts the account behind a key, if it is known
    StandingRoutes(StandingBook book, NodePool pool, Function<String, OptionalLong> accounts) {
        this.book = book;
        this.pool = pool;
        this.accounts = accounts;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(rules, "/v1/nodes/{id}/standing", this::standing);
    }

    private void standing(ServerRequest request, ServerResponse response) {
        OptionalLong account =
                Credentials.bearer(request.headers()).map(accounts).orElse(OptionalLong.empty());
        if (account.isEmpty()) {
            Answers.send(
                    response,
                    ApiError.of(
                            ErrorCode.INVALID_API_KEY,
                            "Send the node's key owlr_prov_... as Authorization: Bearer.",
                            "Authorization"));
            return;
        }
        NodeIdentity node =
                new NodeIdentity(account.getAsLong(), request.path().pathParameters().get("id"));
        Optional<StandingStore.Registered> registered = book.registered(node);
        if (registered.isEmpty()) {
            Answers.send(
                    response,
                    ApiError.of(ErrorCode.NOT_FOUND, "This key registered no such node."));
            return;
        }
        ObjectNode body = earned(node, registered.get());
        request.query().first("model").ifPresent(model -> model(body, node, model));
        request.query().first("job").ifPresent(job -> job(body, node, job));
        Answers.send(response, Status.OK_200.code(), body);
    }

    /// A share or a factor for display; nothing is counted with it.
    private static BigDecimal rounded(double value) {
        return BigDecimal.valueOf(Math.round(value * SCALE), DIGITS);
    }

    private ObjectNode earned(NodeIdentity node, StandingStore.Registered registered) {
        Earned earned = pool.earned(node);
        ObjectNode body = Json.object();
        body.put("object", "node.standing");
        body.put("node_id", node.nodeId());
        body.put("connected", pool.find(node).isPresent());
        body.put("running", pool.find(node).map(pool::runningOn).orElse(0));
        body.put("capacity", pool.roomOf(node));
        body.put("capacity_declared", registered.capacity());
        body.put("ramp_share", rounded(earned.rampShare()));
        body.put("online_s", earned.online().toSeconds());
        body.put("score", rounded(earned.score()));
        body.put("karma", rounded(earned.karma()));
        body.put("first_registered_at", registered.firstAt().toString());
        registered.switchedAt().ifPresent(at -> body.put("models_switched_at", at.toString()));
        ArrayNode days = body.putArray("days");
        for (Health.Day day : earned.days()) {
            days.addObject()
                    .put("day", day.date().toString())
                    .put("successes", day.successes())
                    .put("failures", day.failures())
                    .put("neutral", day.neutral())
                    .put("probes_passed", day.probesPassed())
                    .put("probes_failed", day.probesFailed())
                    .put("online_s", day.online().toSeconds());
        }
        return body;
    }

    private void model(ObjectNode body, NodeIdentity node, String model) {
        ObjectNode json = body.putObject("model");
        json.put("id", model);
        ArrayNode tasks = json.putArray("tasks");
        var speeds = pool.speeds(node, model);
        pool.verdicts(node, model)
                .forEach((task, verdict) -> {
                    ObjectNode one = tasks.addObject().put("task", task.text());
                    one.put("verdict", verdict.word());
                    one.put("why", verdict.sentence());
                    if (verdict instanceof Verdict.Eligible eligible) {
                        one.put("weight", eligible.weight());
                    }
                    Optional.ofNullable(speeds.get(task))
                            .ifPresent(known ->
                                    one.put(
                                            "tokens_per_second",
                                            BigDecimal.valueOf(
                                                    known.milliTokensPerSecond(), MILLI_DIGITS)));
                });
        ArrayNode decisions = json.putArray("decisions");
        for (Task task : EnumSet.allOf(Task.class)) {
            for (NodePool.Told told : pool.decisions(node, task, model)) {
                decisions.add(decision(told).put("task", task.text()));
            }
        }
    }

    private void job(ObjectNode body, NodeIdentity node, String jobId) {
        Optional<NodePool.Told> told = pool.decision(node, jobId);
        if (told.isEmpty()) {
            body.putObject("job")
                    .put("id", jobId)
                    .put("part", "unknown")
                    .put("why", "This gateway does not remember the choice for this job.");
            return;
        }
        body.set("job", decision(told.get()).put("id", jobId));
    }

    private static ObjectNode decision(NodePool.Told told) {
        Decision decision = told.decision();
        ObjectNode json = Json.object().put("at", decision.at().toString());
        json.put("candidates", decision.withRoom());
        json.put("near_equals", decision.nearEquals());
        json.put("part", told.part().word());
        json.put("why", told.part().sentence());
        if (told.part() == Decision.Part.CHOSEN) {
            decision.jobId().ifPresent(id -> json.put("job_id", id));
        }
        return json;
    }
}
