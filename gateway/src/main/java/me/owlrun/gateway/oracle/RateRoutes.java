package me.owlrun.gateway.oracle;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

import me.owlrun.gateway.http.Answers;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.math.BigDecimal;
import java.time.Duration;

/// `GET /v1/oracle/rate`: the rate of bills made now, the margins, and the formula in words.
public final class RateRoutes implements HttpService {

    private final Oracle oracle;
    private final Msat costMin;

    /// @param oracle knows the rate
    /// @param costMin the smallest cost of a job
    public RateRoutes(Oracle oracle, Msat costMin) {
        this.oracle = oracle;
        this.costMin = costMin;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(rules, "/v1/oracle/rate", this::rate);
    }

    private void rate(ServerRequest request, ServerResponse response) {
        Oracle.Billing billing = oracle.billing();
        ObjectNode body = Json.object();
        body.put("live_usd", oracle.live().usd());
        body.put("yesterday_fix", billing.rate().usd());
        body.put("daily_avg", oracle.dailyAverage().usd());
        body.put("weekly_avg", oracle.weeklyAverage().usd());
        body.put("status", oracle.status());
        body.put("rate_id", billing.id().toString());
        body.put("paid_jobs", oracle.refusesPaidJobs() ? "refused" : "served");
        body.put("msat_per_usd", msatPerUsd(billing.rate()));
        body.put("min_cost_msats", costMin.value());
        body.put("formula", formula());
        ObjectNode margins = body.putObject("margins");
        margins.put("fx_pct", new BigDecimal("1"));
        margins.putObject("fee_pct_by_tier")
                .put("starter", 9)
                .put("pro", 7)
                .put("elite", 5)
                .put("ultra", 4);
        margins.put("starter_take_pct", new BigDecimal("9.91"));
        oracle.fix().ifPresent(fix -> body.set("fix", fix.toJson()));
        ArrayNode sources = body.putArray("sources");
        oracle.sources().forEach(quote -> sources.add(json(quote)));
        Answers.send(response, Status.OK_200.code(), body);
    }

    private String formula() {
        return """
        P = ceil((prompt_tokens * input + completion_tokens * output) in USD / rate) in msat; \
        you pay C = ceil(P * 100 / 99), at least %d msat; fx = floor(C / 100); \
        fee = floor((C - fx) * 9 / 100), 7, 5 or 4 %% for higher tiers; \
        the provider gets C - fx - fee; a job of that least cost is halved\
        """
                .formatted(costMin.value());
    }

    private ObjectNode json(Quote quote) {
        return Json.object()
                .put("name", quote.source().text())
                .put("usd", new BtcRate(quote.usdCents()).usd())
                .put("age_seconds", Duration.between(quote.at(), oracle.now()).toSeconds());
    }

    /// Whole millisats for a dollar, rounded down, for readers; bills use the exact rate.
    private static long msatPerUsd(BtcRate rate) {
        long msatCentsPerBtc = 100_000_000_000L * 100;
        return msatCentsPerBtc / rate.usdCentsPerBtc();
    }
}
