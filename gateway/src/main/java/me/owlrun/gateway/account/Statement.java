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
/// @param pots what is in it, and what jobs and withdrawals under way hold out of it
/// @param inEscrow what of the sats cannot be taken out yet
/// @param served what its nodes served this UTC month
record Statement(
        AccountStore.Profile profile,
        PotStore.Pots pots,
        Msat inEscrow,
        EarningStore.Earnings served) {

    private static final int PERCENT = 100;

    static Statement of(
            AccountStore.Profile profile,
            PotStore.Pots pots,
            Msat inEscrow,
            EarningStore earnings,
            InstantSource clock) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return new Statement(
                profile,
                pots,
                inEscrow,
                earnings.between(profile.id(), today.withDayOfMonth(1), today));
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("object", "account");
        json.put("id", Caller.accountName(profile.id()));
        json.put("name", profile.name());
        json.put("created_at", profile.createdAt().getEpochSecond());
        json.put("status", profile.pausedReason().isPresent() ? "paused" : "active");
        profile.pausedReason().ifPresent(reason -> json.put("paused_reason", reason));
        Msat all = pots.sats().balance().plus(pots.credit().balance());
        Msat held = pots.sats().held().plus(pots.credit().held());
        json.put("balance_sats", all.floorSat());
        json.put("balance_msats", all.value());
        json.put("held_msats", held.value());
        Msat free = pots.sats().balance().minus(inEscrow.min(pots.sats().balance()));
        json.set("sats", pot(pots.sats(), free).put("in_escrow_msats", inEscrow.value()));
        json.set("credit", pot(pots.credit(), Msat.ZERO));
        ObjectNode tier = json.putObject("tier");
        ProviderTier now = ProviderTier.of(served.tokens());
        tier.put("name", now.name().toLowerCase(Locale.ROOT));
        tier.put("provider_percent", PERCENT - now.feePercent());
        tier.put("tokens_this_month", served.tokens());
        tier.put("jobs_this_month", served.jobs());
        tier.put("earned_this_month_msats", served.earned().value());
        return json;
    }

    private static ObjectNode pot(PotStore.Pot pot, Msat withdrawable) {
        ObjectNode json = Json.object();
        json.put("balance_sats", pot.balance().floorSat());
        json.put("balance_msats", pot.balance().value());
        json.put("held_msats", pot.held().value());
        json.put("withdrawing_msats", pot.withdrawing().value());
        json.put("withdrawable_sats", withdrawable.floorSat());
        return json;
    }
}
