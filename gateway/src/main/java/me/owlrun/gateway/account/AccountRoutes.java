package me.owlrun.gateway.account;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderNames;
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
import me.owlrun.gateway.http.RequestScope;
import me.owlrun.json.Json;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Signing up, and looking at an account: `/v1/beta/signup`, `/v1/account`, its history and keys.
public final class AccountRoutes implements HttpService {

    /// Bytes of a body on these paths.
    static final int BODY_BYTES_MAX = 16_384;

    static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}\\p{Cs}]{0,64}");
    static final String NAME_ALLOWED = "a text of up to 64 characters";

    private static final Pattern REFERRAL = Pattern.compile("[A-Za-z0-9_-]{0,64}");
    private static final Pattern EVENT = Pattern.compile("[0-9]{1,18}");
    private static final Pattern COUNT = Pattern.compile("[1-9][0-9]?|1[0-9]{2}|200");
    private static final int PAGE_DEFAULT = 50;

    private final Accounts accounts;
    private final KeyRoutes keys;

    /// @param accounts knows them
    public AccountRoutes(Accounts accounts) {
        this.accounts = accounts;
        this.keys = new KeyRoutes(accounts);
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.post(rules, "/v1/beta/signup", this::signUp);
        Answers.get(rules, "/v1/account", this::account);
        Answers.get(rules, "/v1/account/balance", this::account);
        Answers.get(rules, "/v1/account/history", this::history);
        keys.routing(rules);
    }

    private void signUp(ServerRequest request, ServerResponse response) {
        switch (JsonBody.read(request, BODY_BYTES_MAX)) {
            case JsonBody.Reading.Wrong(ApiError error) -> Answers.send(response, error);
            case JsonBody.Reading.Fine(ObjectNode body) -> {
                Fields fields = new Fields(body);
                String name = fields.text("name", NAME, NAME_ALLOWED).orElse("");
                String referral =
                        fields.text("referral_code", REFERRAL, "up to 64 letters, digits, _ or -")
                                .orElse("");
                if (fields.error().isPresent()) {
                    Answers.send(response, fields.error().get());
                    return;
                }
                String client = RequestScope.client().orElseGet(() -> request.remotePeer().host());
                Optional<Duration> wait = accounts.signups().refuse(client);
                if (wait.isPresent()) {
                    response.header(
                            HeaderNames.RETRY_AFTER, Long.toString(wait.get().toSeconds() + 1));
                    Answers.send(response, tooManySignups());
                    return;
                }
                Answers.send(response, Status.OK_200.code(), opened(accounts.open(name, referral)));
            }
        }
    }

    private static ApiError tooManySignups() {
        return ApiError.of(
                ErrorCode.RATE_LIMIT_EXCEEDED,
                "Too many accounts were opened from this address; try again later, or pay with"
                        + " X-Cashu, which needs no account.");
    }

    private static ObjectNode opened(Accounts.Opened opened) {
        ObjectNode json = Json.object();
        json.put("object", "account");
        json.put("account_id", Caller.accountName(opened.accountId()));
        json.put("api_key", opened.key().secret());
        json.put("credit_sats", opened.credit().floorSat());
        json.put("message", "Keep this key: it is shown this once and cannot be restored.");
        return json;
    }

    private void account(ServerRequest request, ServerResponse response) {
        granted(
                response,
                accounts.gate().look(Credentials.bearer(request.headers())),
                caller -> {
                    ObjectNode json = accounts.statement(caller.accountId()).toJson();
                    json.set("keys", KeyRoutes.list(accounts.keys(caller.accountId())));
                    Answers.send(response, Status.OK_200.code(), json);
                });
    }

    private void history(ServerRequest request, ServerResponse response) {
        Optional<String> before = request.query().first("before").asOptional();
        Optional<String> limit = request.query().first("limit").asOptional();
        granted(
                response,
                accounts.gate().look(Credentials.bearer(request.headers())),
                caller -> {
                    if (before.isPresent() && !EVENT.matcher(before.get()).matches()) {
                        Answers.send(response, Fields.wrongField("before", "the id of an event"));
                    } else if (limit.isPresent() && !COUNT.matcher(limit.get()).matches()) {
                        Answers.send(response, Fields.wrongField("limit", "from 1 to 200"));
                    } else {
                        history(
                                response,
                                caller,
                                before.map(Long::parseLong).orElse(Long.MAX_VALUE),
                                limit.map(Integer::parseInt).orElse(PAGE_DEFAULT));
                    }
                });
    }

    private void history(ServerResponse response, Caller caller, long before, int count) {
        List<HistoryEntry> page = accounts.history(caller.accountId(), before, count + 1);
        ObjectNode json = Json.object();
        json.put("object", "list");
        ArrayNode data = json.putArray("data");
        page.stream().limit(count).map(HistoryEntry::toJson).forEach(data::add);
        boolean more = page.size() > count;
        json.put("has_more", more);
        json.put("next_before", more ? Long.toString(page.get(count - 1).id()) : null);
        Answers.send(response, Status.OK_200.code(), json);
    }

    /// Goes on when access is granted, else answers why not.
    static void granted(ServerResponse response, Access access, Consumer<Caller> then) {
        switch (access) {
            case Access.Granted(Caller caller) -> then.accept(caller);
            case Access.Denied(ApiError error) -> Answers.send(response, error);
        }
    }
}
