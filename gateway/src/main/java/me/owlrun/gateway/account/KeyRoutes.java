package me.owlrun.gateway.account;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.http.Answers;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.Credentials;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.http.Fields;
import me.owlrun.gateway.http.JsonBody;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BiConsumer;

/// The keys of an account: `/v1/account/keys`.
final class KeyRoutes implements HttpService {

    private static final String LIMIT_MSATS = "spend_limit_msats";
    private static final String LIMIT_SATS = "spend_limit_sats";
    private static final String PERIOD = "limit_period";
    private static final long LIMIT_SATS_MAX = 100_000_000;

    private final Accounts accounts;

    KeyRoutes(Accounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.on(
                rules, "/v1/account/keys", Map.of(Method.GET, this::list, Method.POST, this::add));
        Answers.on(
                rules,
                "/v1/account/keys/{id}",
                Map.of(Method.PATCH, this::change, Method.DELETE, this::revoke));
    }

    private Access manage(ServerRequest request) {
        return accounts.gate().manage(Credentials.bearer(request.headers()));
    }

    private void list(ServerRequest request, ServerResponse response) {
        AccountRoutes.granted(
                response,
                accounts.gate().look(Credentials.bearer(request.headers())),
                caller -> {
                    ObjectNode json = Json.object();
                    json.put("object", "list");
                    json.set("data", list(accounts.keys(caller.accountId())));
                    Answers.send(response, Status.OK_200.code(), json);
                });
    }

    static ArrayNode list(List<KeyInfo> keys) {
        ArrayNode list = Json.array();
        keys.stream().map(KeyInfo::toJson).forEach(list::add);
        return list;
    }

    private void add(ServerRequest request, ServerResponse response) {
        withFields(
                request,
                response,
                (caller, fields) -> {
                    String name = name(fields).orElse("");
                    KeyRule rule =
                            new KeyRule(
                                    fields.flag("spend_only").orElse(true),
                                    limit(fields).orElse(Optional.empty()),
                                    fields.word(PERIOD, KeyRule.PERIODS).orElse(KeyRule.TOTAL));
                    if (fields.error().isPresent()) {
                        Answers.send(response, fields.error().get());
                        return;
                    }
                    Accounts.Added added = accounts.addKey(caller.accountId(), name, rule);
                    answer(response, added.outcome(), Optional.of(added.key()));
                });
    }

    private void change(ServerRequest request, ServerResponse response) {
        withFields(
                request,
                response,
                (caller, fields) -> {
                    KeyListStore.Change change =
                            new KeyListStore.Change(
                                    name(fields),
                                    limit(fields),
                                    fields.word(PERIOD, KeyRule.PERIODS));
                    if (fields.has("spend_only")) {
                        fields.wrong("spend_only", "left as it is; make another key");
                    }
                    Optional<UUID> id = id(request);
                    if (fields.error().isPresent()) {
                        Answers.send(response, fields.error().get());
                    } else if (id.isEmpty()) {
                        Answers.send(response, unknown());
                    } else {
                        answer(
                                response,
                                accounts.changeKey(caller.accountId(), id.get(), change),
                                Optional.empty());
                    }
                });
    }

    private void revoke(ServerRequest request, ServerResponse response) {
        boolean force =
                request.query().first("force").asOptional().filter("true"::equals).isPresent();
        AccountRoutes.granted(
                response,
                manage(request),
                caller -> {
                    Optional<UUID> id = id(request);
                    if (id.isEmpty()) {
                        Answers.send(response, unknown());
                    } else {
                        answer(
                                response,
                                accounts.revokeKey(caller.accountId(), id.get(), force),
                                Optional.empty());
                    }
                });
    }

    private void withFields(
            ServerRequest request, ServerResponse response, BiConsumer<Caller, Fields> then) {
        AccountRoutes.granted(
                response,
                manage(request),
                caller -> {
                    switch (JsonBody.read(request, AccountRoutes.BODY_BYTES_MAX)) {
                        case JsonBody.Reading.Wrong(ApiError error) ->
                                Answers.send(response, error);
                        case JsonBody.Reading.Fine(ObjectNode body) ->
                                then.accept(caller, new Fields(body));
                    }
                });
    }

    private static Optional<String> name(Fields fields) {
        return fields.text("name", AccountRoutes.NAME, AccountRoutes.NAME_ALLOWED);
    }

    /// The limit that a request sets; present and empty when it takes it away by null.
    private static Optional<Optional<Msat>> limit(Fields fields) {
        if (fields.has(LIMIT_SATS) && fields.has(LIMIT_MSATS)) {
            fields.wrong(LIMIT_SATS, "absent when " + LIMIT_MSATS + " is there");
        }
        OptionalLong sats = fields.number(LIMIT_SATS, 1, LIMIT_SATS_MAX);
        OptionalLong msats = fields.number(LIMIT_MSATS, 1, LIMIT_SATS_MAX * Msat.MSAT_PER_SAT);
        if (sats.isPresent()) {
            return Optional.of(Optional.of(Msat.ofSat(sats.getAsLong())));
        }
        if (msats.isPresent()) {
            return Optional.of(Optional.of(Msat.of(msats.getAsLong())));
        }
        return fields.has(LIMIT_SATS) || fields.has(LIMIT_MSATS)
                ? Optional.of(Optional.empty())
                : Optional.empty();
    }

    private static Optional<UUID> id(ServerRequest request) {
        return KeyInfo.ofName(request.path().pathParameters().get("id"));
    }

    private static void answer(
            ServerResponse response, KeyListStore.Outcome outcome, Optional<ApiKey> secret) {
        switch (outcome) {
            case KeyListStore.Outcome.Done(KeyInfo key) -> {
                ObjectNode json = key.toJson();
                secret.ifPresent(told -> json.put("api_key", told.secret()));
                Answers.send(response, Status.OK_200.code(), json);
            }
            case KeyListStore.Outcome.Unknown() -> Answers.send(response, unknown());
            case KeyListStore.Outcome.TooMany() ->
                    Answers.send(
                            response,
                            ApiError.of(
                                    ErrorCode.TOO_MANY_KEYS,
                                    "The account has as many keys as it may have; revoke one."));
            case KeyListStore.Outcome.Last() ->
                    Answers.send(
                            response,
                            ApiError.of(
                                    ErrorCode.LAST_KEY,
                                    "Without this key nobody can reach the account's money; add"
                                            + " ?force=true if that is wanted."));
            case KeyListStore.Outcome.Spent(Msat spent) ->
                    Answers.send(
                            response,
                            Fields.wrongField(
                                    LIMIT_MSATS,
                                    "at least what is spent in the period, %d msat; revoke the key"
                                                    .formatted(spent.value())
                                            + " to stop it"));
        }
    }

    private static ApiError unknown() {
        return ApiError.of(
                ErrorCode.KEY_NOT_FOUND, "The account has no such key that still works.");
    }
}
