package me.owlrun.mint.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.json.Json;
import me.owlrun.mint.http.ApiHandler;

import java.util.List;

/// `GET /healthz`: `{"status":"ok"}` while all is well, with the problems when not. The HTTP status
/// is 503 only when the mint can serve nothing, so that a load balancer leaves a paused one in.
public final class HealthRoutes implements HttpService {

    private final Health health;

    /// @param health what is asked
    public HealthRoutes(Health health) {
        this.health = health;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/healthz", this::health);
    }

    private void health(ServerRequest request, ServerResponse response) {
        List<Health.Problem> problems = health.problems();
        boolean serves = health.canServe();
        if (!serves) {
            response.status(Status.SERVICE_UNAVAILABLE_503);
        }
        ObjectNode body = Json.object();
        body.put("status", !serves ? "down" : problems.isEmpty() ? "ok" : "degraded");
        for (Health.Problem problem : problems) {
            body.withArray("problems")
                    .addObject()
                    .put("code", problem.code())
                    .put("title", problem.title())
                    .put("text", problem.text());
        }
        ApiHandler.send(response, Json.bytes(body));
    }
}
