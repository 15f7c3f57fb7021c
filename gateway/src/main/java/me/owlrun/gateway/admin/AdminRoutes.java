package me.owlrun.gateway.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.http.Answers;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.http.HttpBody;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;
import me.owlrun.metrics.Registry;
import me.owlrun.operate.AdminToken;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The admin interface; docs/admin.md shows every call.
public final class AdminRoutes implements HttpService {

    /// Bytes a request's body may have.
    public static final int BODY_BYTES_MAX = 65_536;

    private final AdminToken token;
    private final Operator operator;
    private final Market market;
    private final Rates rates;
    private final BountyDesk bounties;
    private final Supplier<Optional<ObjectNode>> resealing;
    private final Registry figures;
    private final List<AdminCall> more;

    AdminRoutes(
            AdminToken token,
            Operator operator,
            Market market,
            Rates rates,
            BountyDesk bounties,
            Supplier<Optional<ObjectNode>> resealing,
            Registry figures,
            List<AdminCall> more) {
        this.more = more;
        this.token = token;
        this.operator = operator;
        this.market = market;
        this.rates = rates;
        this.bounties = bounties;
        this.resealing = resealing;
        this.figures = figures;
    }

    @Override
    public void routing(HttpRules rules) {
        get(rules, "/status", operator::status);
        get(rules, "/stuck", operator::stuckMoney);
        get(rules, "/nodes", market::nodes);
        get(rules, "/prices", market::prices);
        get(rules, "/broadcasts", market::announcements);
        get(rules, "/fixes", rates::fixes);
        get(rules, "/bounties", bounties::show);
        post(rules, "/bounties/set", bounties::set);
        post(rules, "/bounties/fund", bounties::fund);
        post(rules, "/bounties/forfeit", bounties::forfeit);
        named(rules, "/explain/{name}", operator::explain);
        post(rules, "/audit", request -> operator.auditNow());
        post(rules, "/pause", operator::pause);
        post(rules, "/resume", operator::resume);
        post(rules, "/stuck/retry", operator::retry);
        post(rules, "/nodes/maintenance", market::maintain);
        post(rules, "/prices/reload", request -> market.reloadPrices());
        post(rules, "/fixes/correct", rates::correct);
        post(rules, "/broadcasts/add", market::announce);
        post(rules, "/cloud/reseal", request -> reseal());
        post(rules, "/broadcasts/end", market::endAnnouncement);
        post(rules, "/accounts/pause", request -> operator.pauseAccount(request, true));
        post(rules, "/accounts/resume", request -> operator.pauseAccount(request, false));
        named(rules, "/accounts/{name}", operator::findAccounts); // after the words of that path
        for (AdminCall call : more) {
            if (call.reads()) {
                get(rules, call.path(), () -> call.useCase().apply(Json.object()));
            } else {
                post(rules, call.path(), call.useCase());
            }
        }
        Answers.get(
                rules,
                "/metrics",
                (request, response) -> {
                    response.header(HeaderNames.CONTENT_TYPE, Registry.CONTENT_TYPE);
                    response.send(figures.text().getBytes(StandardCharsets.UTF_8));
                });
        rules.any((request, response) ->
                Answers.send(
                        response,
                        ApiError.of(ErrorCode.NOT_FOUND, "docs/admin.md lists every call.")));
    }

    private ObjectNode reseal() {
        return resealing
                .get()
                .orElseThrow(() ->
                        RefusedException.notFound(
                                "There is no cloud.key_file; nothing is sealed."));
    }

    private static void get(HttpRules rules, String path, Supplier<ObjectNode> useCase) {
        Answers.get(rules, path, (request, response) -> answer(response, useCase));
    }

    private static void named(HttpRules rules, String path, Function<String, ObjectNode> useCase) {
        Answers.get(
                rules,
                path,
                (request, response) -> {
                    String name = request.path().pathParameters().get("name");
                    answer(response, () -> useCase.apply(name));
                });
    }

    private static void post(
            HttpRules rules, String path, Function<ObjectNode, ObjectNode> useCase) {
        Answers.post(
                rules,
                path,
                (request, response) -> answer(response, () -> useCase.apply(body(request))));
    }

    private static ObjectNode body(ServerRequest request) {
        byte[] body =
                HttpBody.read(request, BODY_BYTES_MAX)
                        .orElseThrow(() -> RefusedException.wrong("body", "The body is too long."));
        return body.length == 0 ? Json.object() : Json.parseObject(body);
    }

    private static void answer(ServerResponse response, Supplier<ObjectNode> useCase) {
        try {
            Answers.send(response, Status.OK_200.code(), useCase.get());
        } catch (RefusedException e) {
            Answers.send(response, e.error());
        } catch (InvalidJsonException e) {
            Answers.send(
                    response,
                    ApiError.of(ErrorCode.INVALID_JSON, "The body is " + e.getMessage() + "."));
        }
    }

    /// Lets only those pass who show the token, whatever they ask for.
    public void requireToken(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (token.isIn(request.headers().first(HeaderNames.AUTHORIZATION).orElse(""))) {
            chain.proceed();
            return;
        }
        response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        Answers.send(
                response,
                ApiError.of(ErrorCode.INVALID_API_KEY, "Show the admin token as a bearer."));
    }
}
