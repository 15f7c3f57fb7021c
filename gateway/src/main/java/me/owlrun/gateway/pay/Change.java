package me.owlrun.gateway.pay;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.util.Optional;

/// What a buyer gets back of a payment: bearer money, so its `toString` hides the tokens.
///
/// @param token the change, or all of it in whole sats when paid in sats; empty for none
/// @param tokenMsat the rest below a sat when paid in sats
/// @param change what both are worth
/// @param cost what the buyer paid
public record Change(String token, Optional<String> tokenMsat, Msat change, Msat cost) {

    /// The fields of every answer that carries change.
    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("token", token);
        tokenMsat.ifPresent(text -> json.put("token_msat", text));
        json.put("change_sats", change.floorSat());
        json.put("change_msats", change.value());
        json.put("cost_msats", cost.value());
        return json;
    }

    @Override
    public String toString() {
        return "Change[change=" + change + ", cost=" + cost + "]";
    }
}
