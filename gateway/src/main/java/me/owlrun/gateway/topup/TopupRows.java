package me.owlrun.gateway.topup;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.money.Msat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Reads rows of `topup`.
final class TopupRows {

    static final String SELECT =
            """
            SELECT t.id, t.account_id, t.state, t.unit, t.amount_msat, t.fee_msat, t.quote_id,
                t.invoice, t.expires_at, t.operation_id, t.owner_boot, t.created_at
            FROM topup t
            """;

    private TopupRows() {}

    static List<Topup> read(PreparedStatement query) throws SQLException {
        List<Topup> topups = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                topups.add(
                        new Topup(
                                rows.getString("id"),
                                rows.getLong("account_id"),
                                Topup.State.of(rows.getString("state")),
                                CurrencyUnit.ofText(rows.getString("unit")).orElseThrow(),
                                Msat.of(rows.getLong("amount_msat")),
                                Msat.of(rows.getLong("fee_msat")),
                                lightning(rows),
                                Optional.ofNullable(rows.getObject("operation_id", UUID.class)),
                                rows.getString("owner_boot"),
                                instant(rows, "created_at").orElseThrow()));
            }
        }
        return topups;
    }

    private static Optional<Topup.Lightning> lightning(ResultSet rows) throws SQLException {
        Optional<String> quote = Optional.ofNullable(rows.getString("quote_id"));
        if (quote.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Topup.Lightning(
                        quote.get(), rows.getString("invoice"), instant(rows, "expires_at")));
    }

    private static Optional<Instant> instant(ResultSet rows, String column) throws SQLException {
        return Optional.ofNullable(rows.getObject(column, OffsetDateTime.class))
                .map(OffsetDateTime::toInstant);
    }
}
