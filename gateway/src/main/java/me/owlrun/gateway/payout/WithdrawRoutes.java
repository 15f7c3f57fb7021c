package me.owlrun.gateway.payout;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.account.Access;
import me.owlrun.gateway.account.Caller;
import me.owlrun.gateway.account.Gate;
import me.owlrun.gateway.http.Answers;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.Credentials;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.http.HttpBody;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// `POST /v1/provider/withdraw-ecash`, `POST /v1/account/withdraw`, and what became of withdrawals.
public final class WithdrawRoutes implements HttpService {

    private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
    private static final String RETRY_AFTER_SECONDS = "2";
    private static final String RETRY_CAPPED_SECONDS = "1800";
    private static final int BODY_BYTES_MAX = 16_384;
    private static final int KEY_CHARS_MAX = 200;
    private static final int LIST_MAX = 50;

    private final Counter counter;
    private final PayoutListStore payouts;
    private final Gate gate;
    private final TokenWatch tokens;

    WithdrawRoutes(Counter counter, PayoutListStore payouts, Gate gate, TokenWatch tokens) {
        this.counter = counter;
        this.payouts = payouts;
        this.gate = gate;
        this.tokens = tokens;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.post(rules, "/v1/provider/withdraw-ecash", (in, out) -> withdraw(in, out, true));
        Answers.post(rules, "/v1/account/withdraw", (in, out) -> withdraw(in, out, false));
        Answers.get(rules, "/v1/account/withdrawals", this::list);
        Answers.get(rules, "/v1/account/withdrawals/{id}", this::one);
    }

    private void withdraw(ServerRequest request, ServerResponse response, boolean ecashOnly) {
        OptionalLong account = account(request, response);
        if (account.isEmpty()) {
            return;
        }
        Optional<byte[]> body = HttpBody.read(request, BODY_BYTES_MAX);
        if (body.isEmpty()) {
            Answers.send(
                    response,
                    ApiError.of(ErrorCode.BODY_TOO_LARGE, "A withdrawal has at most 16 KiB."));
            return;
        }
        Optional<String> key =
                request.headers().first(IDEMPOTENCY_KEY).filter(text -> !text.isBlank());
        if (key.isPresent() && key.get().length() > KEY_CHARS_MAX) {
            Answers.send(
                    response,
                    ApiError.of(
                            ErrorCode.INVALID_REQUEST,
                            "An Idempotency-Key has at most 200 characters.",
                            "Idempotency-Key"));
            return;
        }
        switch (read(body.get(), ecashOnly)) {
            case PayoutReading.Result.Wrong(ApiError error) -> Answers.send(response, error);
            case PayoutReading.Result.Fine(PayoutReading reading) ->
                    answer(
                            response,
                            account.getAsLong(),
                            counter.withdraw(account.getAsLong(), reading, key));
        }
    }

    private static PayoutReading.Result read(byte[] body, boolean ecashOnly) {
        try {
            ObjectNode json = body.length == 0 ? Json.object() : Json.parseObject(body);
            return PayoutReading.read(json, ecashOnly);
        } catch (InvalidJsonException e) {
            return new PayoutReading.Result.Wrong(
                    ApiError.of(ErrorCode.INVALID_JSON, "The body is " + e.getMessage() + "."));
        }
    }

    private OptionalLong account(ServerRequest request, ServerResponse response) {
        return switch (gate.manage(Credentials.bearer(request.headers()))) {
            case Access.Granted(Caller caller) -> OptionalLong.of(caller.accountId());
            case Access.Denied(ApiError error) -> {
                Answers.send(response, error);
                yield OptionalLong.empty();
            }
        };
    }

    private void answer(ServerResponse response, long account, Counter.Answer answer) {
        switch (answer) {
            case Counter.Answer.Done(Payout payout) -> done(response, account, payout);
            case Counter.Answer.Refused(ApiError error) -> refused(response, account, error);
        }
    }

    private void done(ServerResponse response, long account, Payout payout) {
        ObjectNode body = PayoutJson.of(payout);
        payout.token().ifPresent(token -> body.put("token", token));
        addBalance(body, account);
        if (payout.state() == Payout.State.FAILED) {
            refused(response, account, notHappened(payout));
            return;
        }
        boolean paid = payout.state() == Payout.State.PAID;
        if (!paid) {
            response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        int status = (paid ? Status.OK_200 : Status.ACCEPTED_202).code();
        Answers.send(response, status, body);
    }

    private static ApiError notHappened(Payout payout) {
        boolean ecash = payout.method() == Payout.Method.ECASH;
        return ApiError.of(
                ecash ? ErrorCode.MINT_UNAVAILABLE : ErrorCode.PAYOUT_FAILED,
                "The withdrawal did not happen (%s); your balance is unchanged."
                        .formatted(payout.failure().map(Failure::text).orElse("")));
    }

    private void refused(ServerResponse response, long account, ApiError error) {
        ObjectNode body = error.toJson();
        addBalance(body, account);
        if (error.code() == ErrorCode.PAYOUT_LIMIT) {
            response.header(HeaderNames.RETRY_AFTER, RETRY_CAPPED_SECONDS);
        } else if (error.code().status() == Status.SERVICE_UNAVAILABLE_503.code()) {
            response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        Answers.send(response, error.code().status(), body);
    }

    private void addBalance(ObjectNode body, long account) {
        Msat balance = payouts.balance(account);
        body.put("balance_sats", balance.floorSat());
        body.put("balance_msats", balance.value());
    }

    private void list(ServerRequest request, ServerResponse response) {
        OptionalLong account = account(request, response);
        if (account.isEmpty()) {
            return;
        }
        List<Payout> own = payouts.ofAccount(account.getAsLong(), LIST_MAX);
        ObjectNode body = Json.object().put("object", "list");
        ArrayNode data = body.putArray("data");
        own.stream().map(PayoutJson::of).forEach(data::add);
        Answers.send(response, Status.OK_200.code(), body);
    }

    private void one(ServerRequest request, ServerResponse response) {
        OptionalLong account = account(request, response);
        if (account.isEmpty()) {
            return;
        }
        String id = request.path().pathParameters().get("id");
        Optional<Payout> payout = payouts.find(account.getAsLong(), id);
        if (payout.isEmpty()) {
            Answers.send(
                    response,
                    ApiError.of(
                            ErrorCode.WITHDRAWAL_UNKNOWN,
                            "This account has no withdrawal of this name."));
            return;
        }
        boolean open = payout.get().token().isPresent() && !payout.get().tokenSpent();
        boolean taken = open && tokens.look(payout.get());
        Payout now = taken ? payouts.find(id).orElseThrow() : payout.get();
        Answers.send(response, Status.OK_200.code(), PayoutJson.of(now));
    }
}
