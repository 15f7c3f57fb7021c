package me.owlrun.gateway.payout;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.util.Locale;

/// The JSON form of a payout, for its owner.
final class PayoutJson {

    private PayoutJson() {}

    /// All that its owner may know. A token that was taken already is left out.
    static ObjectNode of(Payout payout) {
        ObjectNode json = Json.object();
        json.put("id", payout.id());
        json.put("method", payout.method().name().toLowerCase(Locale.ROOT));
        json.put("state", state(payout));
        json.put("amount_sats", payout.amount().floorSat());
        json.put("amount_msats", payout.amount().value());
        json.put("created_at", payout.createdAt().getEpochSecond());
        payout.closedAt().ifPresent(at -> json.put("closed_at", at.getEpochSecond()));
        payout.failure().ifPresent(why -> json.put("failure", why.text()));
        if (payout.method() == Payout.Method.ECASH) {
            json.put("unit", payout.unit().text());
            json.put("spent", payout.tokenSpent());
            payout.token()
                    .filter(_ -> !payout.tokenSpent())
                    .ifPresent(token -> json.put("token", token));
        } else {
            json.put("automatic", payout.automatic());
            payout.paymentHash().ifPresent(hash -> json.put("payment_hash", hash));
            payout.preimage().ifPresent(preimage -> json.put("preimage", preimage));
            payout.bolt11().ifPresent(invoice -> json.put("invoice", invoice));
            if (!payout.address().isEmpty()) {
                json.put("address", payout.address());
            }
            payout.fee().map(Msat::value).ifPresent(fee -> json.put("fee_msats", fee));
        }
        return json;
    }

    private static String state(Payout payout) {
        return switch (payout.state()) {
            case PAID -> "paid";
            case FAILED -> "failed";
            case SENT, UNKNOWN, RECALLING -> "pending";
        };
    }
}
