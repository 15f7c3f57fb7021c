package me.owlrun.gateway.pay;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.cashu.CashuJson;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.util.Optional;

/// What a buyer gets back of a payment: bearer money, so its `toString` hides the tokens.
///
/// @param token the change, or all of it in whole sats when paid in sats; empty for none
/// @param tokenMsat the rest below a sat when paid in sats
/// @param blind what goes into blanks; empty when the buyer sent none
/// @param change what all of it is worth, the mint's fee for blanks included
/// @param cost what the buyer paid
public record Change(
        String token,
        Optional<String> tokenMsat,
        Optional<BlindChange> blind,
        Msat change,
        Msat cost) {

    /// Whether the mint has to sign some of it yet.
    public boolean pending() {
        return blind.isPresent() && blind.get().pending();
    }

    /// The fields of every answer that carries change.
    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        if (blind.isEmpty() || !token.isEmpty()) {
            json.put("token", token);
        }
        tokenMsat.ifPresent(text -> json.put("token_msat", text));
        Msat fee = blind.map(BlindChange::fee).orElse(Msat.ZERO);
        blind.ifPresent(signed -> {
            json.set("signatures", CashuJson.toJson(signed.signatures(), CashuJson::toJson));
            if (signed.pending()) {
                json.put("state", "pending");
            }
            if (fee.isPositive()) {
                json.put("fee_msats", fee.value());
            }
        });
        json.put("change_sats", change.minus(fee).floorSat());
        json.put("change_msats", change.minus(fee).value());
        json.put("cost_msats", cost.value());
        return json;
    }

    @Override
    public String toString() {
        return "Change[change=" + change + ", cost=" + cost + "]";
    }
}
