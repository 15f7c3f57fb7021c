package me.owlrun.gateway.admin;

import static me.owlrun.gateway.admin.RefusedException.notFound;
import static me.owlrun.gateway.admin.RefusedException.wrong;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.gateway.oracle.FixDesk;
import me.owlrun.json.Json;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Optional;

/// What the operator does about the price of bitcoin.
///
/// @param desk keeps prices of days; empty when the price is a setting
record Rates(Optional<FixDesk> desk) {

    private static final System.Logger LOG = System.getLogger(Rates.class.getName());

    private static final int USD_CHARS_MAX = 20;
    private static final int DAY_CHARS = 10;
    private static final int REASON_CHARS_MIN = 3;
    private static final int REASON_CHARS_MAX = 200;

    ObjectNode fixes() {
        ArrayNode list = Json.array();
        required().versions().forEach(list::add);
        return Operator.answer("fixes", list);
    }

    ObjectNode correct(ObjectNode request) {
        FixDesk fixes = required();
        LocalDate day = day(Operator.text(request, "day", DAY_CHARS, DAY_CHARS));
        BtcRate rate = rate(Operator.text(request, "usd", 1, USD_CHARS_MAX));
        String reason = Operator.text(request, "reason", REASON_CHARS_MIN, REASON_CHARS_MAX);
        ObjectNode right =
                fixes.correct(day, rate, reason)
                        .orElseThrow(() -> notFound("This day has no price that could be wrong."));
        LOG.log(
                System.Logger.Level.WARNING,
                "the operator corrected the price of {0} to {1} USD, version {2}: {3}",
                day.toString(),
                rate.usd().toPlainString(),
                right.path("version").asText(),
                reason);
        return Operator.answer("fix", right);
    }

    private FixDesk required() {
        return desk.orElseThrow(() ->
                notFound(
                        "Bills are made with the setting oracle.usd_per_btc; no prices of"
                                + " days are kept (oracle.mode=fixed)."));
    }

    private static LocalDate day(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException e) {
            throw wrong("day", "'day' is a date such as 2026-11-20 (UTC).");
        }
    }

    private static BtcRate rate(String text) {
        try {
            return BtcRate.ofUsd(text);
        } catch (IllegalArgumentException e) {
            throw wrong("usd", "'usd' is a price such as \"61234.50\".");
        }
    }
}
