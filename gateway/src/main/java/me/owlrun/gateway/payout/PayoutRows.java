package me.owlrun.gateway.payout;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.money.Msat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// Reads rows of `payout`.
final class PayoutRows {

    /// The columns that make a payout.
    static final String COLUMNS =
            """
            id, account_id, method, automatic, state, version, amount_msat, reserve_msat, fee_msat,
            unit, encoding, address, bolt11, payment_hash, quote_expires_at, operation_id,
            recall_id, given_count, preimage, token, token_spent_at, failure, evidence, sends,
            looks, next_look_at, created_at, closed_at
            """;

    private PayoutRows() {}

    static List<Payout> all(PreparedStatement query) throws SQLException {
        List<Payout> payouts = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                payouts.add(payout(row));
            }
        }
        return payouts;
    }

    static Optional<Payout> first(PreparedStatement query) throws SQLException {
        return all(query).stream().findFirst();
    }

    private static Payout payout(ResultSet row) throws SQLException {
        return new Payout(
                row.getString("id"),
                row.getLong("account_id"),
                Payout.Method.valueOf(row.getString("method").toUpperCase(Locale.ROOT)),
                row.getBoolean("automatic"),
                Payout.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getInt("version"),
                Msat.of(row.getLong("amount_msat")),
                Msat.of(row.getLong("reserve_msat")),
                number(row, "fee_msat").stream().mapToObj(Msat::of).findFirst(),
                CurrencyUnit.ofText(row.getString("unit")).orElseThrow(),
                row.getString("encoding").equals("B"),
                row.getString("address"),
                text(row, "bolt11"),
                text(row, "payment_hash"),
                time(row, "quote_expires_at"),
                row.getObject("operation_id", UUID.class),
                Optional.ofNullable(row.getObject("recall_id", UUID.class)),
                row.getInt("given_count"),
                text(row, "preimage"),
                text(row, "token"),
                time(row, "token_spent_at").isPresent(),
                text(row, "failure").map(Failure::ofText),
                row.getString("evidence"),
                row.getInt("sends"),
                row.getInt("looks"),
                time(row, "next_look_at").orElseThrow(),
                time(row, "created_at").orElseThrow(),
                time(row, "closed_at"));
    }

    private static Optional<String> text(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    private static OptionalLong number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
                .map(OffsetDateTime::toInstant);
    }
}
