package me.owlrun.gateway.pay;

import me.owlrun.gateway.meter.Bill;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;

/// The rows of `bill`: what a settled payment paid for, with all that is needed to make the bill
/// again.
final class BillStore {

    private static final String INSERT_BILL =
            """
            INSERT INTO bill (payment_id, job_id, provider_id, node_id, model, prompt_tokens,
                completion_tokens, input_pico_usd, output_pico_usd, usd_cents_per_btc, tier,
                cost_msat, provider_msat, fee_msat, fx_msat, settled_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    /// Adds a bill inside the transaction that settles its payment.
    void insert(Connection connection, Payment payment, Service service, Bill bill, Instant now)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_BILL)) {
            insert.setString(1, payment.id());
            insert.setString(2, service.jobId());
            insert.setLong(3, service.providerId());
            insert.setString(4, service.nodeId());
            insert.setString(5, payment.model());
            insert.setLong(6, bill.usage().promptTokens());
            insert.setLong(7, bill.usage().completionTokens());
            insert.setLong(8, bill.price().inputPicoUsd());
            insert.setLong(9, bill.price().outputPicoUsd());
            insert.setLong(10, bill.usdCentsPerBtc());
            insert.setString(11, bill.tier().name().toLowerCase(Locale.ROOT));
            insert.setLong(12, bill.cost().value());
            insert.setLong(13, bill.split().provider().value());
            insert.setLong(14, bill.split().fee().value());
            insert.setLong(15, bill.split().fx().value());
            insert.setObject(16, now.atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
        }
    }
}
