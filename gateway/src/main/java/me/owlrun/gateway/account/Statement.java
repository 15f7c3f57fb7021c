package me.owlrun.gateway.account;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.meter.ProviderTier;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/// How an account stands now.
///
/// @param profile which account
/// @param pots what is in it; money of jobs and withdrawals under way is out of it until they end
/// @param served what its nodes served this UTC month
record Statement(
        AccountStore.Profile profile, AccountStore.Pots pots, EarningStore.Earnings served) {

    private static final int PERCENT = 100;

    static Statement of(
            AccountStore.Profile profile,
            AccountStore.Pots pots,
            EarningStore earnings,
            InstantSource clock) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return new Statement(
                profile, pots, earnings.between(profile.id(), today.withDayOfMonth(1), today));
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("object", "account");
        json.put("id", Caller.accountName(profile.id()));
        json.put("name", profile.name());
        json.put("created_at", profile.createdAt().getEpochSecond());
        json.put("status", profile.pausedReason().isPresent() ? "paused" : "active");
        profile.pausedReason().ifPresent(reason -> json.put("paused_reason", reason));
        Msat all = pots.sats().plus(pots.credit());
        json.put("balance_sats", all.floorSat());
        json.put("balance_msats", all.value());
        json.set("sats", pot(pots.sats(), true));
        json.set("credit", pot(pots.credit(), false));
        ObjectNode tier = json.putObject("tier");
        ProviderTier now = ProviderTier.of(served.tokens());
        tier.put("name", now.name().toLowerCase(Locale.ROOT));
        tier.put("provider_percent", PERCENT - now.feePercent());
        tier.put("tokens_this_month", served.tokens());
        tier.put("jobs_this_month", served.jobs());
        tier.put("earned_this_month_msats", served.earned().value());
        return json;
    }

    private static ObjectNode pot(Msat amount, boolean withdrawable) {
        ObjectNode json = Json.object();
        json.put("balance_sats", amount.floorSat());
        json.put("balance_msats", amount.value());
        json.put("withdrawable_sats", withdrawable ? amount.floorSat() : 0);
        return json;
    }
}
