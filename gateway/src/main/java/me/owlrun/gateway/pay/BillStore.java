package me.owlrun.gateway.pay;

import me.owlrun.db.Bundle;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.meter.EarningStore.Earnings;
import me.owlrun.gateway.meter.Flaps;
import me.owlrun.gateway.meter.ProviderTier;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The rows of `bill`: what a settled payment or charge paid for, with all that is needed to make
/// the bill again. Many jobs at once, inside the transaction that settles them.
final class BillStore {

    private static final String INSERT_BILLS =
            """
            INSERT INTO bill (payment_id, job_id, provider_id, node_id, model, prompt_tokens,
                completion_tokens, input_pico_usd, output_pico_usd, usd_cents_per_btc, tier,
                cost_msat, provider_msat, fee_msat, fx_msat, cost_min_msat, flap_permille,
                settled_at)
            SELECT payment_id, job_id, provider_id, node_id, model, prompt_tokens,
                completion_tokens, input_pico_usd, output_pico_usd, usd_cents_per_btc, tier,
                cost_msat, provider_msat, fee_msat, fx_msat, cost_min_msat, flap_permille, ?
            FROM unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::bigint[],
                        ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[],
                        ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                        ?::bigint[])
                 AS t (payment_id, job_id, provider_id, node_id, model, prompt_tokens,
                       completion_tokens, input_pico_usd, output_pico_usd, usd_cents_per_btc,
                       tier, cost_msat, provider_msat, fee_msat, fx_msat, cost_min_msat,
                       flap_permille)
            """;

    private final EarningStore earnings;
    private final Flaps flaps;

    BillStore(EarningStore earnings) {
        this(earnings, (_, _, _) -> 0);
    }

    /// @param flaps knows which nodes lose a part of their pay
    BillStore(EarningStore earnings, Flaps flaps) {
        this.earnings = earnings;
        this.flaps = flaps;
    }

    /// A served job with who pays for it.
    ///
    /// @param payerId the payment or charge
    record Job(String payerId, String model, Service service) {}

    /// A job with its bill.
    record Billed(Job job, Bill bill) {}

    /// The tokens by which the tiers of jobs are found, before they are billed.
    void monthTokens(Bundle bundle, List<Service> services, Instant now, Map<Long, Long> tokens) {
        if (!services.isEmpty()) {
            earnings.monthTokens(
                    bundle,
                    services.stream().map(Service::providerId).collect(Collectors.toSet()),
                    day(now),
                    tokens);
        }
    }

    private static LocalDate day(Instant now) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC);
    }

    /// Makes the bills of jobs in their order, each by the tier that its provider has then, and
    /// writes them down.
    ///
    /// @param monthTokens what was found before
    List<Billed> bill(Bundle bundle, List<Job> jobs, Instant now, Map<Long, Long> monthTokens) {
        if (jobs.isEmpty()) {
            return List.of();
        }
        Map<Long, Long> tokens = new HashMap<>(monthTokens);
        List<Billed> billed = new ArrayList<>();
        SortedMap<Long, Earnings> earned = new TreeMap<>();
        for (Job job : jobs) {
            long provider = job.service().providerId();
            Bill bill =
                    job.service()
                            .bill()
                            .apply(ProviderTier.of(tokens.getOrDefault(provider, 0L)))
                            .flapped(flaps.permille(provider, job.service().nodeId(), now));
            tokens.merge(provider, bill.usage().totalTokens(), Long::sum);
            earned.merge(
                    provider,
                    new Earnings(1, bill.usage().totalTokens(), bill.split().provider()),
                    Earnings::plus);
            billed.add(new Billed(job, bill));
        }
        insert(bundle, billed, now);
        earnings.add(bundle, earned, day(now));
        return billed;
    }

    private static void insert(Bundle bundle, List<Billed> rows, Instant now) {
        bundle.update(
                INSERT_BILLS,
                params ->
                        params.time(now)
                                .texts(rows, r -> r.job().payerId())
                                .texts(rows, r -> r.job().service().jobId())
                                .numbers(rows, r -> r.job().service().providerId())
                                .texts(rows, r -> r.job().service().nodeId())
                                .texts(rows, r -> r.job().model())
                                .numbers(rows, r -> r.bill().usage().promptTokens())
                                .numbers(rows, r -> r.bill().usage().completionTokens())
                                .numbers(rows, r -> r.bill().price().inputPicoUsd())
                                .numbers(rows, r -> r.bill().price().outputPicoUsd())
                                .numbers(rows, r -> r.bill().usdCentsPerBtc())
                                .texts(rows, r -> tier(r.bill()))
                                .numbers(rows, r -> r.bill().cost().value())
                                .numbers(rows, r -> r.bill().split().provider().value())
                                .numbers(rows, r -> r.bill().split().fee().value())
                                .numbers(rows, r -> r.bill().split().fx().value())
                                .numbers(rows, r -> r.bill().costMin().value())
                                .numbers(rows, r -> (long) r.bill().flapPermille()));
    }

    private static String tier(Bill bill) {
        return bill.tier().name().toLowerCase(Locale.ROOT);
    }
}
