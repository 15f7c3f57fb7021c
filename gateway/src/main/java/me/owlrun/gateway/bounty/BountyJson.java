package me.owlrun.gateway.bounty;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.bounty.Allotment.Pair;
import me.owlrun.gateway.meter.ProviderTier;
import me.owlrun.json.Json;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;

/// How bounties stand and by what rules, as everybody may see it.
final class BountyJson {

    private static final int PERMILLE_DIGITS = 3;
    private static final int MILLION_DIGITS = 6;

    /// What is computed, by the name of the result.
    static final Map<String, String> FORMULAS =
            Map.of(
                    "extra",
                    "floor(pay * (min(m, tier's m) - 1) * (1 - flap)), at most floor(cut * (100 -"
                            + " bounty.keep) / 100), the pool and the model's budget of the day",
                    "cut",
                    "what the gateway kept of the job, less what a referrer may get of it",
                    "flap",
                    "flap.bounty * max(0, 1 - time since the node gave up a model / flap.fade);"
                            + " flap.base likewise of the pay",
                    "wash_bound",
                    "s * m * p < 1 with p = 1: pay, bounty and referral of a job are below its"
                            + " cost");

    private BountyJson() {}

    static ObjectNode standing(OfferStore.Standing standing, BountyRules rules) {
        ObjectNode json = Json.object();
        json.put("object", "bounties");
        json.set("pool", pair(standing.pool()));
        json.set("waiting", pair(standing.waiting()));
        ArrayNode models = json.putArray("data");
        for (OfferStore.Offered offered : standing.offers()) {
            ObjectNode model = models.addObject();
            model.put("model", offered.model());
            model.put("multiplier", decimal(offered.offer().permille(), PERMILLE_DIGITS));
            model.put("daily_budget_msats", offered.offer().budgetMsat());
            model.set("left_today", pair(Allotment.left(offered.offer(), offered.spentToday())));
            model.put("since", offered.since().toString());
            model.put("reason", offered.reason());
        }
        json.set("rules", rules(rules));
        return json;
    }

    private static ObjectNode rules(BountyRules rules) {
        ObjectNode json = Json.object();
        FORMULAS.forEach(json::put);
        json.put("unit", "paid in what the job was paid in; credit never gives sats");
        json.put("fee_to_pool_percent", rules.feedPercent());
        json.put("credit_fee_to_pool_percent", rules.creditFeedPercent());
        json.put("keep_percent", rules.keepPercent());
        json.put("multiplier_max", decimal(rules.multiplierMax(), PERMILLE_DIGITS));
        json.put("vests_after_seconds", rules.vest().toSeconds());
        json.put("payers_min", rules.payersMin());
        json.put("payers_window_seconds", rules.payersWindow().toSeconds());
        json.put("payer", "an account other than the node's own, or all ecash of one UTC day");
        json.put("barred_after_cheating_seconds", rules.bar().toSeconds());
        json.put("flap_percent", rules.flap().permilleMax() / 10);
        json.put("flap_fades_in_seconds", rules.flap().fade().toSeconds());
        ArrayNode tiers = json.putArray("trust_tiers");
        for (TrustTier tier : TrustTier.values()) {
            tiers.addObject()
                    .put("tier", tier.text())
                    .put("age_seconds_min", tier.ageMin().toSeconds())
                    .put("score_min", decimal(tier.scoreMinPermille(), PERMILLE_DIGITS))
                    .put("multiplier_max", decimal(rules.max(tier), PERMILLE_DIGITS));
        }
        json.set("wash_bounds", bound(rules));
        return json;
    }

    /// The published bound with its numbers.
    private static ObjectNode bound(BountyRules rules) {
        ObjectNode json = Json.object();
        ArrayNode worst = json.putArray("worst_cases");
        for (ProviderTier tier : ProviderTier.values()) {
            worst.addObject()
                    .put("provider_tier", tier.name().toLowerCase(Locale.ROOT))
                    .put(
                            "back_without_bounty",
                            decimal(WashBound.back(tier, rules.referralPercent()), MILLION_DIGITS))
                    .put(
                            "multiplier_max",
                            decimal(
                                    WashBound.multiplierMax(tier, rules, TrustTier.T3),
                                    PERMILLE_DIGITS))
                    .put(
                            "back_with_bounty",
                            decimal(
                                    WashBound.backWithBounty(tier, rules, TrustTier.T3),
                                    MILLION_DIGITS));
        }
        return json;
    }

    private static ObjectNode pair(Pair pair) {
        return Json.object()
                .put("sats_msats", pair.sats().value())
                .put("credit_msats", pair.credit().value());
    }

    private static BigDecimal decimal(long value, int digits) {
        return BigDecimal.valueOf(value, digits);
    }
}
