package me.owlrun.gateway.oracle;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.http.Answers;
import me.owlrun.json.Json;

import java.math.BigDecimal;

/// `GET /v1/oracle/rate`: the rate of bills made now, the margins, and the formula in words.
public final class RateRoutes implements HttpService {

    private static final String FORMULA =
            """
            P = ceil((prompt_tokens * input + completion_tokens * output) in USD / rate) in msat; \
            you pay C = ceil(P * 100 / 99), at least 10 msat; fx = floor(C / 100); \
            fee = floor((C - fx) * 9 / 100), 7, 5 or 4 % for higher tiers; \
            the provider gets C - fx - fee; a job of 10 msat is split 5 / 5\
            """;

    private final Oracle oracle;

    /// @param oracle knows the rate
    public RateRoutes(Oracle oracle) {
        this.oracle = oracle;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(rules, "/v1/oracle/rate", this::rate);
    }

    private void rate(ServerRequest request, ServerResponse response) {
        BigDecimal usd = oracle.billingRate().usd();
        ObjectNode body = Json.object();
        body.put("live_usd", usd);
        body.put("yesterday_fix", usd);
        body.put("daily_avg", usd);
        body.put("weekly_avg", usd);
        body.put("status", oracle.status());
        body.put("msat_per_usd", msatPerUsd());
        body.put("min_cost_msats", 10);
        body.put("formula", FORMULA);
        ObjectNode margins = body.putObject("margins");
        margins.put("fx_pct", new BigDecimal("1"));
        margins.putObject("fee_pct_by_tier")
                .put("starter", 9)
                .put("pro", 7)
                .put("elite", 5)
                .put("ultra", 4);
        margins.put("starter_take_pct", new BigDecimal("9.91"));
        Answers.send(response, Status.OK_200.code(), body);
    }

    /// Whole millisats for a dollar, rounded down, for readers; bills use the exact rate.
    private long msatPerUsd() {
        long msatCentsPerBtc = 100_000_000_000L * 100;
        return msatCentsPerBtc / oracle.billingRate().usdCentsPerBtc();
    }
}
