package me.owlrun.gateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.gateway.http.Answers;
import me.owlrun.gateway.http.ApiError;
import me.owlrun.gateway.http.ErrorCode;
import me.owlrun.gateway.meter.Tariff;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.http.HttpBody;
import me.owlrun.json.InvalidJsonException;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.util.Optional;

/// `POST /v1/estimate`: what a request would cost, without money and without a node. The body is
/// that of a chat, a completion or an embedding, and may name an `amount_msats` to spend.
final class EstimateRoutes implements HttpService {

    private static final int BODY_BYTES_MAX = 10_485_760;
    private static final String AMOUNT = "amount_msats";

    private final Admissions admissions;

    EstimateRoutes(Admissions admissions) {
        this.admissions = admissions;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.post(rules, "/v1/estimate", this::estimate);
    }

    private void estimate(ServerRequest request, ServerResponse response) {
        Optional<byte[]> body = HttpBody.read(request, BODY_BYTES_MAX);
        if (body.isEmpty()) {
            Answers.send(
                    response,
                    ApiError.of(ErrorCode.BODY_TOO_LARGE, "A request has at most 10 MiB.", "body"));
            return;
        }
        try {
            ObjectNode json = Json.parseObject(body.get());
            Optional<Msat> amount = amount(json);
            json.remove(AMOUNT);
            Dialect dialect = dialect(json);
            switch (admissions.quote(Json.bytes(json), dialect)) {
                case Admissions.Quoted.Refused(ApiError error) -> Answers.send(response, error);
                case Admissions.Quoted.Priced priced ->
                        Answers.send(response, Status.OK_200.code(), answer(priced, amount));
            }
        } catch (InvalidJsonException e) {
            String text = "The body: " + e.getMessage() + ".";
            Answers.send(response, ApiError.of(ErrorCode.INVALID_JSON, text, "body"));
        } catch (WrongRequestException e) {
            Answers.send(response, e.error());
        }
    }

    private static Dialect dialect(ObjectNode body) {
        if (body.has("input")) {
            return Dialect.EMBEDDING;
        }
        return body.has("prompt") && !body.has("messages") ? Dialect.COMPLETION : Dialect.CHAT;
    }

    private static Optional<Msat> amount(ObjectNode body) {
        JsonNode amount = body.path(AMOUNT);
        if (amount.isMissingNode() || amount.isNull()) {
            return Optional.empty();
        }
        if (!amount.isIntegralNumber() || !amount.canConvertToLong() || amount.longValue() < 0) {
            throw WrongRequestException.field(AMOUNT, "a whole number of millisats");
        }
        return Optional.of(Msat.of(amount.longValue()));
    }

    private static ObjectNode answer(Admissions.Quoted.Priced priced, Optional<Msat> amount) {
        JobRequest request = priced.request();
        Tariff tariff = priced.tariff();
        Usage most = Admissions.suggested(request);
        long estimate = Math.min(request.promptBound().tokensEstimate(), most.promptTokens());
        ObjectNode json = Json.object();
        json.put("object", "estimate");
        json.put("model", priced.model().id());
        json.put("prompt_tokens_max", most.promptTokens());
        json.put("prompt_tokens_estimate", estimate);
        json.put("completion_tokens_max", most.completionTokens());
        putCost(json, "cost_min", tariff.cost(new Usage(0, request.writesTokens() ? 1 : 0)));
        putCost(json, "cost_estimate", tariff.cost(new Usage(estimate, most.completionTokens())));
        putCost(json, "cost_max", tariff.cost(most));
        json.put("usd_per_btc", tariff.rate().usd());
        json.putObject("pricing")
                .put("prompt", priced.model().price().inputUsdPerToken())
                .put("completion", priced.model().price().outputUsdPerToken());
        amount.ifPresent(value -> {
            long affordable = tariff.affordableCompletionTokens(value, most.promptTokens());
            json.put(AMOUNT, value.value());
            json.put("affordable", affordable >= (request.writesTokens() ? 1 : 0));
            json.put("affordable_completion_tokens", Math.max(0, affordable));
        });
        return json;
    }

    private static void putCost(ObjectNode json, String field, Msat cost) {
        json.put(field + "_msats", cost.value());
        json.put(field + "_sats", CurrencyUnit.SAT.ceilSteps(cost));
    }
}
