package me.owlrun.gateway.http;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.json.Json;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// `GET /healthz`: `{"status":"ok"}` while all is well, with the problems when not. The status is
/// 200 as long as anything can be served and 503 while it stops or the database is away, so that a
/// load balancer leaves a degraded gateway in and a stopping one out.
public final class HealthRoutes implements HttpService {

    private final Supplier<List<Problem>> problems;
    private final IntSupplier nodesAwake;
    private final BooleanSupplier canServe;
    private volatile boolean stopping;

    /// @param problems what is wrong now
    /// @param nodesAwake how many nodes take jobs now
    /// @param canServe whether anything can be served at all
    public HealthRoutes(
            Supplier<List<Problem>> problems, IntSupplier nodesAwake, BooleanSupplier canServe) {
        this.problems = problems;
        this.nodesAwake = nodesAwake;
        this.canServe = canServe;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(rules, "/healthz", this::health);
    }

    /// Says from now on that this gateway is going away.
    public void stopping() {
        stopping = true;
    }

    private void health(ServerRequest request, ServerResponse response) {
        List<Problem> now = problems.get();
        ObjectNode body = Json.object();
        boolean serves = canServe.getAsBoolean();
        body.put("status", status(serves, now));
        body.put("nodes", nodesAwake.getAsInt());
        for (Problem problem : now) {
            body.withArray("problems")
                    .addObject()
                    .put("code", problem.code())
                    .put("title", problem.title())
                    .put("text", problem.text());
        }
        Status status = stopping || !serves ? Status.SERVICE_UNAVAILABLE_503 : Status.OK_200;
        Answers.send(response, status.code(), body);
    }

    private String status(boolean serves, List<Problem> now) {
        if (stopping) {
            return "stopping";
        }
        return !serves ? "down" : now.isEmpty() ? "ok" : "degraded";
    }
}
