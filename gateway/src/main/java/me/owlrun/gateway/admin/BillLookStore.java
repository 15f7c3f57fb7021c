package me.owlrun.gateway.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.db.Database;
import me.owlrun.gateway.bounty.BountyLookStore;
import me.owlrun.gateway.meter.ModelPrice;
import me.owlrun.gateway.meter.ProviderTier;
import me.owlrun.gateway.meter.Usage;
import me.owlrun.gateway.oracle.BtcRate;
import me.owlrun.json.Json;
import me.owlrun.money.Msat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads stored bills.
public final class BillLookStore {

    private static final String FIND =
            """
            SELECT b.payment_id, b.job_id, b.provider_id, b.node_id, b.model, b.prompt_tokens,
                b.completion_tokens, b.input_pico_usd, b.output_pico_usd, b.usd_cents_per_btc,
                b.tier, b.cost_msat, b.provider_msat, b.fee_msat, b.fx_msat, b.cost_min_msat,
                b.flap_permille, b.settled_at, p.paid_msat
            FROM bill b LEFT JOIN payment p ON p.id = b.payment_id
            WHERE b.job_id = ? OR b.payment_id = ?
            LIMIT 1
            """;

    private static final String FIND_FREE =
            """
            SELECT job_id, provider_id, node_id, model, prompt_tokens, completion_tokens,
                karma_tokens, day
            FROM free_job WHERE job_id = ?
            """;

    private final Database database;
    private final BountyLookStore bounties;

    /// @param database where the bills lie
    public BillLookStore(Database database) {
        this.database = database;
        this.bounties = new BountyLookStore(database);
    }

    /// The bill of a job or of a payment.
    private Optional<StoredBill> find(String jobOrPayment) {
        Optional<StoredBill> bill = findBill(jobOrPayment);
        return bill.map(found -> found.with(bounties.find(found.paymentId())));
    }

    private Optional<StoredBill> findBill(String jobOrPayment) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(FIND)) {
                query.setString(1, jobOrPayment);
                query.setString(2, jobOrPayment);
                try (ResultSet row = query.executeQuery()) {
                    return row.next() ? Optional.of(bill(row)) : Optional.empty();
                }
            }
        });
    }

    /// The bill made again, or what is known of a job that was given away.
    public Optional<ObjectNode> explain(String jobOrPayment) {
        return find(jobOrPayment).map(StoredBill::explain).or(() -> free(jobOrPayment));
    }

    private Optional<ObjectNode> free(String jobId) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(FIND_FREE)) {
                query.setString(1, jobId);
                try (ResultSet row = query.executeQuery()) {
                    return row.next() ? Optional.of(gift(row)) : Optional.empty();
                }
            }
        });
    }

    private static ObjectNode gift(ResultSet row) throws SQLException {
        return Json.object()
                .put("job_id", row.getString("job_id"))
                .put("lane", "free")
                .put("day", row.getObject("day", LocalDate.class).toString())
                .put("provider_id", row.getLong("provider_id"))
                .put("node_id", row.getString("node_id"))
                .put("model", row.getString("model"))
                .put("prompt_tokens", row.getLong("prompt_tokens"))
                .put("completion_tokens", row.getLong("completion_tokens"))
                .put("karma_tokens", row.getLong("karma_tokens"))
                .put("cost_msats", 0)
                .put("matches", true);
    }

    private static StoredBill bill(ResultSet row) throws SQLException {
        long paid = row.getLong("paid_msat");
        boolean paymentGone = row.wasNull();
        return new StoredBill(
                row.getString("job_id"),
                row.getString("payment_id"),
                row.getLong("provider_id"),
                row.getString("node_id"),
                row.getString("model"),
                new Usage(row.getLong("prompt_tokens"), row.getLong("completion_tokens")),
                new ModelPrice(row.getLong("input_pico_usd"), row.getLong("output_pico_usd")),
                new BtcRate(row.getLong("usd_cents_per_btc")),
                ProviderTier.valueOf(row.getString("tier").toUpperCase(Locale.ROOT)),
                paymentGone ? OptionalLong.empty() : OptionalLong.of(paid),
                Msat.of(row.getLong("cost_min_msat")),
                row.getInt("flap_permille"),
                new StoredBill.Amounts(
                        row.getLong("cost_msat"),
                        row.getLong("provider_msat"),
                        row.getLong("fee_msat"),
                        row.getLong("fx_msat")),
                Optional.empty(),
                row.getObject("settled_at", OffsetDateTime.class).toInstant());
    }
}
