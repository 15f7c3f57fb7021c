package me.owlrun.gateway.topup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.account.Access;
import me.owlrun.gateway.account.Caller;
import me.owlrun.gateway.http.Answers;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.Credentials;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.http.Fields;
import me.owlrun.gateway.http.JsonBody;
import me.owlrun.gateway.http.PaymentHeaders;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/// Putting money into an account by Lightning or ecash: `/v1/account/topup`.
public final class TopupRoutes implements HttpService {

    private static final HeaderName X_CASHU = HeaderNames.create("X-Cashu");

    /// A token of the longest kind and what is around it.
    private static final int BODY_BYTES_MAX = 81_920;

    private static final Pattern TOKEN = Pattern.compile("\\s*(web\\+)?cashu[\\x21-\\x7e]+\\s*");
    private static final String LIGHTNING = "lightning";
    private static final String ECASH = "ecash";
    private static final String RETRY_AFTER_SECONDS = "2";
    private static final String TOO_MANY_RETRY_SECONDS = "60";

    private final Topups topups;

    /// @param topups does it
    public TopupRoutes(Topups topups) {
        this.topups = topups;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.on(
                rules,
                "/v1/account/topup",
                Map.of(Method.POST, this::begin, Method.GET, this::list));
        Answers.get(rules, "/v1/account/topup/{id}", this::one);
    }

    private void begin(ServerRequest request, ServerResponse response) {
        switch (topups.gate().add(Credentials.bearer(request.headers()))) {
            case Access.Denied(ApiError error) -> Answers.send(response, error);
            case Access.Granted(Caller caller) -> {
                switch (JsonBody.read(request, BODY_BYTES_MAX)) {
                    case JsonBody.Reading.Wrong(ApiError error) -> Answers.send(response, error);
                    case JsonBody.Reading.Fine(ObjectNode body) ->
                            begin(request, response, caller, new Fields(body));
                }
            }
        }
    }

    private void begin(
            ServerRequest request, ServerResponse response, Caller caller, Fields fields) {
        Optional<String> header =
                request.headers().first(X_CASHU).map(String::strip).filter(text -> !text.isEmpty());
        Optional<String> token = fields.text("token", TOKEN, "a cashu token");
        Optional<String> method =
                fields.word("method", Set.of(LIGHTNING, ECASH))
                        .or(() -> header.or(() -> token).map(_ -> ECASH));
        OptionalLong sats = fields.number("amount_sats", 1, topups.amountMax().floorSat());
        if (method.isEmpty()) {
            fields.wrong("method", LIGHTNING + " or " + ECASH);
        } else if (method.get().equals(LIGHTNING)) {
            if (sats.isEmpty()) {
                fields.wrong("amount_sats", "there, in whole sats");
            }
            if (header.isPresent() || token.isPresent()) {
                fields.wrong("method", ECASH + " when a token is there");
            }
        } else if (header.isPresent() == token.isPresent()) {
            fields.wrong("token", "there or in the header X-Cashu, and not in both");
        } else if (fields.has("amount_sats")) {
            fields.wrong("amount_sats", "absent with a token, which is taken whole");
        }
        if (fields.error().isPresent()) {
            Answers.send(response, fields.error().get());
            return;
        }
        Optional<String> key = PaymentHeaders.of(request.headers()).idempotencyKey();
        answer(
                response,
                sats.isPresent()
                        ? topups.counter()
                                .lightning(caller.accountId(), Msat.ofSat(sats.getAsLong()), key)
                        : topups.counter()
                                .ecash(caller.accountId(), header.or(() -> token).get(), key));
    }

    private static void answer(ServerResponse response, Counter.Outcome outcome) {
        switch (outcome) {
            case Counter.Outcome.Is(Topup topup) -> send(response, topup);
            case Counter.Outcome.Not(ApiError error) -> {
                if (error.code() == ErrorCode.RATE_LIMIT_EXCEEDED) {
                    response.header(HeaderNames.RETRY_AFTER, TOO_MANY_RETRY_SECONDS);
                }
                Answers.send(response, error);
            }
        }
    }

    private static void send(ServerResponse response, Topup topup) {
        boolean pending = topup.state() == Topup.State.RUNNING;
        if (pending) {
            response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        Answers.send(
                response,
                pending ? Status.ACCEPTED_202.code() : Status.OK_200.code(),
                topup.toJson());
    }

    private void one(ServerRequest request, ServerResponse response) {
        switch (topups.gate().look(Credentials.bearer(request.headers()))) {
            case Access.Denied(ApiError error) -> Answers.send(response, error);
            case Access.Granted(Caller caller) ->
                    topups.counter()
                            .find(caller.accountId(), request.path().pathParameters().get("id"))
                            .ifPresentOrElse(
                                    topup -> send(response, topup),
                                    () -> Answers.send(response, unknown()));
        }
    }

    private static ApiError unknown() {
        return ApiError.of(ErrorCode.TOPUP_NOT_FOUND, "The account has no such top-up.");
    }

    private void list(ServerRequest request, ServerResponse response) {
        switch (topups.gate().look(Credentials.bearer(request.headers()))) {
            case Access.Denied(ApiError error) -> Answers.send(response, error);
            case Access.Granted(Caller caller) -> {
                ObjectNode json = Json.object();
                json.put("object", "list");
                ArrayNode data = json.putArray("data");
                topups.store().list(caller.accountId()).stream()
                        .map(Topup::toJson)
                        .forEach(data::add);
                Answers.send(response, Status.OK_200.code(), json);
            }
        }
    }
}
