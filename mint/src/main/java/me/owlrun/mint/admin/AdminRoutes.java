package me.owlrun.mint.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

import me.owlrun.metrics.Registry;
import me.owlrun.mint.http.ApiHandler;
import me.owlrun.mint.http.ErrorBody;
import me.owlrun.mint.outcome.Outcome;
import me.owlrun.operate.AdminToken;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.function.Supplier;

/// The admin interface; docs/admin.md shows every call.
public final class AdminRoutes implements HttpService {

    private final AdminToken token;
    private final Operator operator;
    private final Registry figures;

    /// @param token what every caller must show
    /// @param figures what `/metrics` shows
    public AdminRoutes(AdminToken token, Operator operator, Registry figures) {
        this.token = token;
        this.operator = operator;
        this.figures = figures;
    }

    @Override
    public void routing(HttpRules rules) {
        get(rules, "/status", operator::status);
        get(rules, "/melts/stuck", operator::stuckMelts);
        get(rules, "/liabilities", operator::liabilities);
        get(rules, "/audit", operator::audit);
        post(rules, "/pause", operator::pause);
        post(rules, "/resume", operator::resume);
        post(rules, "/keysets/rotate", operator::rotate);
        post(rules, "/melts/resume", request -> operator.resumeMelts());
        rules.get(
                "/metrics",
                (request, response) -> {
                    response.header(HeaderNames.CONTENT_TYPE, Registry.CONTENT_TYPE);
                    response.send(figures.text().getBytes(StandardCharsets.UTF_8));
                });
    }

    private static void get(HttpRules rules, String path, Supplier<Outcome<ObjectNode>> useCase) {
        rules.get(path, ApiHandler.get(request -> useCase.get()));
    }

    private static void post(
            HttpRules rules,
            String path,
            Function<ObjectNode, Outcome<? extends JsonNode>> useCase) {
        rules.post(path, ApiHandler.post(useCase));
    }

    /// Lets only those pass who show the token, whatever they ask for.
    public void requireToken(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        String shown = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        if (token.isIn(shown)) {
            chain.proceed();
            return;
        }
        Status status = Status.UNAUTHORIZED_401;
        response.status(status);
        response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        ApiHandler.send(response, ErrorBody.early(status.code(), status.reasonPhrase()));
    }
}
