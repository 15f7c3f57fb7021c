package me.owlrun.gateway.vault;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// Reads rows of `exchange`.
final class ExchangeRows {

    static final String COLUMNS =
            """
            id, state, version, from_unit, to_unit, amount_msat, mint_quote, pay_id, take_id,
                recall_id, created_at
            """;

    private ExchangeRows() {}

    /// Runs a statement that gives at most one row.
    static Optional<Exchange> change(Connection connection, String sql, Object... values)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                update.setObject(i + 1, values[i]);
            }
            return all(update).stream().findFirst();
        }
    }

    static List<Exchange> all(PreparedStatement query) throws SQLException {
        List<Exchange> exchanges = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                exchanges.add(read(row));
            }
        }
        return exchanges;
    }

    /// The one moment that a query gives, if any.
    static Optional<Instant> moment(PreparedStatement query) throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            return row.next()
                    ? Optional.ofNullable(row.getObject(1, OffsetDateTime.class))
                            .map(OffsetDateTime::toInstant)
                    : Optional.empty();
        }
    }

    private static Exchange read(ResultSet row) throws SQLException {
        return new Exchange(
                row.getObject("id", UUID.class),
                Exchange.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getInt("version"),
                unit(row, "from_unit"),
                unit(row, "to_unit"),
                Msat.of(row.getLong("amount_msat")),
                row.getString("mint_quote"),
                row.getObject("pay_id", UUID.class),
                Optional.ofNullable(row.getObject("take_id", UUID.class)),
                Optional.ofNullable(row.getObject("recall_id", UUID.class)),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private static CurrencyUnit unit(ResultSet row, String column) throws SQLException {
        return CurrencyUnit.ofText(row.getString(column)).orElseThrow();
    }
}
