package me.owlrun.gateway.referral;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

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

import java.util.OptionalLong;
import java.util.function.Function;

/// `GET /v1/account/referrals`: an account's code, whom it brought, and what that earned.
public final class ReferralRoutes implements HttpService {

    private static final int LINES_MAX = 100;

    private final AffiliateStore store;
    private final Function<String, OptionalLong> accounts;

    ReferralRoutes(AffiliateStore store, Function<String, OptionalLong> accounts) {
        this.store = store;
        this.accounts = accounts;
    }

    @Override
    public void routing(HttpRules rules) {
        Answers.get(rules, "/v1/account/referrals", this::referrals);
    }

    private void referrals(ServerRequest request, ServerResponse response) {
        OptionalLong account =
                Credentials.bearer(request.headers()).map(accounts).orElse(OptionalLong.empty());
        if (account.isEmpty()) {
            Answers.send(
                    response,
                    ApiError.of(
                            ErrorCode.INVALID_API_KEY,
                            "Send a key of your account as Authorization: Bearer.",
                            "Authorization"));
            return;
        }
        AffiliateStore.Summary summary = store.summary(account.getAsLong(), LINES_MAX);
        ObjectNode body = Json.object();
        body.put("referral_code", summary.code());
        body.put("share_percent", Referrals.SHARE_PERCENT);
        body.put("months", ReferralStore.MONTHS);
        body.put("referred_accounts", summary.referred());
        body.put("earned_sats", summary.earned().floorSat());
        body.put("earned_msats", summary.earned().value());
        ArrayNode days = body.putArray("days");
        for (AffiliateStore.Day day : summary.days()) {
            days.addObject()
                    .put("day", day.day().toString())
                    .put("accounts", day.accounts())
                    .put("earned_msats", day.share().value());
        }
        ArrayNode accountsJson = body.putArray("accounts");
        for (AffiliateStore.Brought brought : summary.accounts()) {
            accountsJson
                    .addObject()
                    .put("since", brought.since().toString())
                    .put("ends", brought.ends().toString())
                    .put("active", brought.active())
                    .put("earned_msats", brought.earned().value());
        }
        Answers.send(response, Status.OK_200.code(), body);
    }
}
