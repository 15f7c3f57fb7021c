package me.owlrun.gateway.bounty;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.bounty.Allotment.Pair;
import me.owlrun.json.Json;

import java.time.Instant;

/// A bounty as it was stored, which can be made again from its own parts.
///
/// @param multiplierPermille of the model
/// @param maxPermille of the node's tier
/// @param base what the provider got for the job
/// @param cut what the gateway kept, less what a referrer may get
/// @param amount what was given; less than the formula when pool or budget was short
public record StoredBounty(
        int multiplierPermille,
        String trust,
        int maxPermille,
        int flapPermille,
        int keepPercent,
        Pair base,
        Pair cut,
        Pair amount,
        String state,
        Instant vestAt) {

    /// Makes it again, step by step.
    public ObjectNode explain() {
        int multiplier = Math.min(multiplierPermille, maxPermille);
        Pair again =
                new Pair(
                        Extra.of(base.sats(), cut.sats(), multiplier, flapPermille, keepPercent),
                        Extra.of(
                                base.credit(),
                                cut.credit(),
                                multiplier,
                                flapPermille,
                                keepPercent));
        ObjectNode json = Json.object();
        ArrayNode steps = json.putArray("steps");
        steps.add(
                "multiplier: %d permille for the model, at most %d in tier %s = %d"
                        .formatted(multiplierPermille, maxPermille, trust, multiplier));
        steps.add("flap: %d permille are lost by a switch of models".formatted(flapPermille));
        steps.add(
                "extra: floor(base * (multiplier - 1000) * (1000 - flap) / 10^6), at most"
                        + " floor(cut * %d / 100) = %d msat and %d msat of credit"
                                .formatted(
                                        100 - keepPercent,
                                        again.sats().value(),
                                        again.credit().value()));
        steps.add("given: as far as the pool and the model's budget of the day go");
        json.put("sats_msats", amount.sats().value());
        json.put("credit_msats", amount.credit().value());
        json.put("state", state);
        json.put("vests_at", vestAt.toString());
        json.put("matches", amount.min(again).equals(amount));
        return json;
    }
}
