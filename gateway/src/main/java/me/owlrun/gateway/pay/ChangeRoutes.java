package me.owlrun.gateway.pay;

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
import me.owlrun.json.Json;

import java.util.Optional;

/// `POST /v1/cashu/change`: whoever holds the original token gets the outcome of its payment, at
/// any time and as often as it asks.
public final class ChangeRoutes implements HttpService {

    private static final String RETRY_AFTER_SECONDS = "2";

    private final TokenDesk desk;
    private final Cashier cashier;

    /// @param desk reads the token
    /// @param cashier knows the payments
    public ChangeRoutes(TokenDesk desk, Cashier cashier) {
        this.desk = desk;
        this.cashier = cashier;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.post(rules, "/v1/cashu/change", this::change);
    }

    private void change(ServerRequest request, ServerResponse response) {
        Optional<String> text = Credentials.ecash(request.headers());
        if (text.isEmpty()) {
            Answers.send(
                    response,
                    ApiError.of(
                            ErrorCode.NO_PAYMENT_METHOD,
                            "Send the original token in the header X-Cashu.",
                            "X-Cashu"));
            return;
        }
        switch (desk.read(text.get())) {
            case Look.Wrong<TokenDesk.Read>(Refusal refusal) ->
                    Answers.send(response, refusal.error());
            case Look.Fine<TokenDesk.Read>(TokenDesk.Read read) ->
                    answer(response, cashier.find(read.key()));
        }
    }

    private static void answer(ServerResponse response, Optional<Payment> payment) {
        if (payment.isEmpty()) {
            Answers.send(
                    response,
                    ApiError.of(
                            ErrorCode.PAYMENT_UNKNOWN,
                            "No payment with this token is known; the token was not claimed."));
            return;
        }
        switch (payment.get().state()) {
            case Payment.State.Intent() -> running(response);
            case Payment.State.Claimed() -> running(response);
            case Payment.State.Closed closed when closed.change().pending() -> running(response);
            case Payment.State.Closed closed ->
                    Answers.send(response, Status.OK_200.code(), outcome(payment.get(), closed));
        }
    }

    private static void running(ServerResponse response) {
        response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
        Answers.send(response, Status.ACCEPTED_202.code(), Json.object().put("state", "running"));
    }

    private static ObjectNode outcome(Payment payment, Payment.State.Closed closed) {
        ObjectNode body = Json.object();
        body.put("state", closed.settled() ? "settled" : "refunded");
        body.setAll(closed.change().toJson());
        body.put("model", payment.model());
        closed.usage()
                .ifPresent(tokens ->
                        body.putObject("usage")
                                .put("prompt_tokens", tokens.prompt())
                                .put("completion_tokens", tokens.completion())
                                .put("total_tokens", tokens.prompt() + tokens.completion()));
        return body;
    }
}
