package me.owlrun.gateway.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.gateway.bounty.StoredBounty;
import me.owlrun.gateway.meter.ModelPrice;
import me.owlrun.gateway.meter.ProviderTier;
import me.owlrun.gateway.meter.Split;
import me.owlrun.gateway.meter.Tariff;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// A bill as it was stored, which can be made again from its own parts.
///
/// @param paidMsat what the buyer had handed over, where that is known
/// @param costMin the smallest cost of a job then
/// @param flapPermille what the node lost of its part by a switch of models
/// @param amounts what was booked
/// @param bounty what the node got, or waits for, on top
record StoredBill(
        String jobId,
        String paymentId,
        long providerId,
        String nodeId,
        String model,
        Usage usage,
        ModelPrice price,
        BtcRate rate,
        ProviderTier tier,
        OptionalLong paidMsat,
        Msat costMin,
        int flapPermille,
        Amounts amounts,
        Optional<StoredBounty> bounty,
        Instant settledAt) {

    /// Where the money went, in millisats.
    public record Amounts(long cost, long provider, long fee, long fx) {}

    StoredBill with(Optional<StoredBounty> found) {
        return new StoredBill(
                jobId,
                paymentId,
                providerId,
                nodeId,
                model,
                usage,
                price,
                rate,
                tier,
                paidMsat,
                costMin,
                flapPermille,
                amounts,
                found,
                settledAt);
    }

    /// Makes the bill again, step by step, and says whether it is the one that was booked.
    public ObjectNode explain() {
        Msat full = new Tariff(price, rate, costMin).cost(usage);
        Msat cost = paidMsat.isPresent() ? full.min(Msat.of(paidMsat.getAsLong())) : full;
        Split split = Split.of(cost, tier, costMin).flapped(flapPermille);
        Amounts again =
                new Amounts(
                        cost.value(),
                        split.provider().value(),
                        split.fee().value(),
                        split.fx().value());
        ObjectNode json = Json.object();
        json.put("job", jobId);
        json.put("payment", paymentId);
        json.put("model", model);
        json.put("provider", providerId);
        json.put("node", nodeId);
        json.put("settled_at", settledAt.toString());
        ArrayNode steps = json.putArray("steps");
        steps.add(
                "tokens: %d prompt, %d completion"
                        .formatted(usage.promptTokens(), usage.completionTokens()));
        steps.add(
                "price: %d and %d pico-USD per token"
                        .formatted(price.inputPicoUsd(), price.outputPicoUsd()));
        steps.add("rate: %s USD per BTC".formatted(rate.usd().toPlainString()));
        steps.add(
                "cost: ceil(ceil(pico-USD * 10 / cents per BTC) * 100 / 99), at least %d = %d msat"
                        .formatted(costMin.value(), full.value()));
        paidMsat.ifPresent(paid ->
                steps.add("paid: %d msat, so the cost is %d msat".formatted(paid, again.cost())));
        steps.add("fx: floor(cost / 100) = %d msat".formatted(again.fx()));
        steps.add(
                "fee: floor((cost - fx) * %d / 100) of tier %s = %d msat"
                        .formatted(
                                tier.feePercent(),
                                tier.name().toLowerCase(Locale.ROOT),
                                again.fee()));
        if (flapPermille > 0) {
            steps.add(
                    "a switch of models: %d permille of the provider's part, in the fee above"
                            .formatted(flapPermille));
        }
        steps.add("provider: the rest = %d msat".formatted(again.provider()));
        json.set("booked", json(amounts));
        json.set("again", json(again));
        json.put("matches", again.equals(amounts));
        bounty.ifPresent(extra -> json.set("bounty", extra.explain()));
        return json;
    }

    private static ObjectNode json(Amounts amounts) {
        return Json.object()
                .put("cost_msats", amounts.cost())
                .put("provider_msats", amounts.provider())
                .put("fee_msats", amounts.fee())
                .put("fx_msats", amounts.fx());
    }
}
