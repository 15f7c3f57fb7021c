package me.owlrun.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.account.AccountStore;
import me.owlrun.gateway.account.Accounts;
import me.owlrun.gateway.account.PotStore;
import me.owlrun.gateway.admin.AccountDesk;
import me.owlrun.json.Json;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Lets the operator look at accounts that people opened, by `acc_5` or by the beginning of a key,
/// and stop any account.
record AccountLook(Accounts accounts) implements AccountDesk {

    private static final Pattern NAME = Pattern.compile("acc_[0-9]{1,18}");
    private static final Pattern ID = Pattern.compile("(acc_)?[0-9]{1,18}");
    private static final Pattern KEY_BEGINNING = Pattern.compile("owlr_buy_[A-Za-z0-9_-]{1,128}");

    /// Characters of a key that are kept.
    private static final int SHOWN_CHARS = "owlr_buy_".length() + 4;

    @Override
    public List<ObjectNode> find(String text) {
        List<Long> ids = List.of();
        if (NAME.matcher(text).matches()) {
            ids = List.of(number(text));
        } else if (KEY_BEGINNING.matcher(text).matches()) {
            String beginning = text.substring(0, Math.min(text.length(), SHOWN_CHARS));
            ids = accounts.store().withKey(beginning);
        }
        return ids.stream()
                .flatMap(id -> accounts.store().find(id).stream())
                .map(this::json)
                .toList();
    }

    private ObjectNode json(AccountStore.Profile profile) {
        PotStore.Pots pots = accounts.pots().read(profile.id());
        ObjectNode json = Json.object();
        json.put("id", "acc_" + profile.id());
        json.put("kind", "account");
        json.put("created_at", profile.createdAt().toString());
        json.put("balance_msats", pots.sats().balance().value());
        json.put("credit_msats", pots.credit().balance().value());
        json.put("held_msats", pots.sats().held().value());
        json.put("held_credit_msats", pots.credit().held().value());
        json.put("withdrawing_msats", pots.sats().withdrawing().value());
        json.put("paused", profile.pausedReason().orElse(null));
        return json;
    }

    @Override
    public boolean pause(String id, boolean paused, String reason) {
        return ID.matcher(id).matches()
                && accounts.pause(number(id), paused ? Optional.of(reason) : Optional.empty());
    }

    private static long number(String text) {
        return Long.parseLong(text.replace("acc_", ""));
    }
}
