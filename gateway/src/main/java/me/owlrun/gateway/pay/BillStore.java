package me.owlrun.gateway.pay;

import me.owlrun.db.Columns;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.meter.EarningStore.Earnings;
import me.owlrun.gateway.meter.ProviderTier;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
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
                cost_msat, provider_msat, fee_msat, fx_msat, cost_min_msat, settled_at)
            SELECT payment_id, job_id, provider_id, node_id, model, prompt_tokens,
                completion_tokens, input_pico_usd, output_pico_usd, usd_cents_per_btc, tier,
                cost_msat, provider_msat, fee_msat, fx_msat, cost_min_msat, ?
            FROM unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::bigint[],
                        ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[],
                        ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
                 AS t (payment_id, job_id, provider_id, node_id, model, prompt_tokens,
                       completion_tokens, input_pico_usd, output_pico_usd, usd_cents_per_btc,
                       tier, cost_msat, provider_msat, fee_msat, fx_msat, cost_min_msat)
            """;

    private final EarningStore earnings;

    BillStore(EarningStore earnings) {
        this.earnings = earnings;
    }

    /// A served job with who pays for it.
    ///
    /// @param payerId the payment or charge
    record Job(String payerId, String model, Service service) {}

    /// A job with its bill.
    record Billed(Job job, Bill bill) {}

    /// Makes the bills of jobs in their order, each by the tier that its provider has then, and
    /// writes them down.
    List<Billed> bill(Connection connection, List<Job> jobs, Instant now) throws SQLException {
        if (jobs.isEmpty()) {
            return List.of();
        }
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        Map<Long, Long> tokens =
                new HashMap<>(
                        earnings.monthTokens(
                                connection,
                                jobs.stream()
                                        .map(job -> job.service().providerId())
                                        .collect(Collectors.toSet()),
                                today));
        List<Billed> billed = new ArrayList<>();
        SortedMap<Long, Earnings> earned = new TreeMap<>();
        for (Job job : jobs) {
            long provider = job.service().providerId();
            Bill bill =
                    job.service().bill().apply(ProviderTier.of(tokens.getOrDefault(provider, 0L)));
            tokens.merge(provider, bill.usage().totalTokens(), Long::sum);
            earned.merge(
                    provider,
                    new Earnings(1, bill.usage().totalTokens(), bill.split().provider()),
                    Earnings::plus);
            billed.add(new Billed(job, bill));
        }
        insert(connection, billed, now);
        earnings.add(connection, earned, today);
        return billed;
    }

    private static void insert(Connection c, List<Billed> rows, Instant now) throws SQLException {
        try (PreparedStatement insert = c.prepareStatement(INSERT_BILLS)) {
            insert.setObject(1, now.atOffset(ZoneOffset.UTC));
            insert.setArray(2, Columns.texts(c, rows, r -> r.job().payerId()));
            insert.setArray(3, Columns.texts(c, rows, r -> r.job().service().jobId()));
            insert.setArray(4, Columns.numbers(c, rows, r -> r.job().service().providerId()));
            insert.setArray(5, Columns.texts(c, rows, r -> r.job().service().nodeId()));
            insert.setArray(6, Columns.texts(c, rows, r -> r.job().model()));
            insert.setArray(7, Columns.numbers(c, rows, r -> r.bill().usage().promptTokens()));
            insert.setArray(8, Columns.numbers(c, rows, r -> r.bill().usage().completionTokens()));
            insert.setArray(9, Columns.numbers(c, rows, r -> r.bill().price().inputPicoUsd()));
            insert.setArray(10, Columns.numbers(c, rows, r -> r.bill().price().outputPicoUsd()));
            insert.setArray(11, Columns.numbers(c, rows, r -> r.bill().usdCentsPerBtc()));
            insert.setArray(12, Columns.texts(c, rows, r -> tier(r.bill())));
            insert.setArray(13, Columns.numbers(c, rows, r -> r.bill().cost().value()));
            insert.setArray(14, Columns.numbers(c, rows, r -> r.bill().split().provider().value()));
            insert.setArray(15, Columns.numbers(c, rows, r -> r.bill().split().fee().value()));
            insert.setArray(16, Columns.numbers(c, rows, r -> r.bill().split().fx().value()));
            insert.setArray(17, Columns.numbers(c, rows, r -> r.bill().costMin().value()));
            insert.executeUpdate();
        }
    }

    private static String tier(Bill bill) {
        return bill.tier().name().toLowerCase(Locale.ROOT);
    }
}
