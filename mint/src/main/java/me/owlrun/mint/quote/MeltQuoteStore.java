package me.owlrun.mint.quote;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.db.Database;
import me.owlrun.mint.ledger.RequestHash;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/// The rows of the table `melt_quote`.
final class MeltQuoteStore {

    private static final String INSERT =
            """
            INSERT INTO melt_quote (id, unit, amount, fee_reserve, request, payment_hash, state,
                                    expires_at, created_at, updated_at, chosen_msat)
            VALUES (?, ?, ?, ?, ?, ?, 'UNPAID', ?, ?, ?, ?)
            """;

    private static final String FIND =
            """
            SELECT id, unit, amount, fee_reserve, request, payment_hash, state, preimage, fee_paid,
                   expires_at, chosen_msat
            FROM melt_quote WHERE id = ?
            """;

    private static final String STATE =
            """
            SELECT state FROM melt_quote WHERE id = ? FOR UPDATE
            """;

    private static final String SET_STATE =
            """
            UPDATE melt_quote SET state = ?, updated_at = ? WHERE id = ?
            """;

    private static final String SET_PAID =
            """
            UPDATE melt_quote SET state = 'PAID', preimage = ?, fee_paid = ?, updated_at = ?
            WHERE id = ?
            """;

    private static final String LATEST =
            """
            SELECT id, request_sha256 FROM melt_attempt
            WHERE quote_id = ? AND state IN ('PENDING', 'PAID')
            """;

    private final Database database;

    /// @param database where the table lies
    MeltQuoteStore(Database database) {
        this.database = database;
    }

    /// The attempt that pays or paid a quote.
    ///
    /// @param id its identifier
    /// @param requestHash the request that started it
    record Started(UUID id, RequestHash requestHash) {}

    void insert(MeltQuote quote, Instant now) {
        database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                insert.setObject(1, quote.id());
                insert.setString(2, quote.unit().text());
                insert.setLong(3, quote.amount());
                insert.setLong(4, quote.feeReserve());
                insert.setString(5, quote.request());
                insert.setString(6, quote.paymentHash().hex());
                insert.setObject(7, MintQuoteStore.timestamp(quote.expiresAt()));
                insert.setObject(8, MintQuoteStore.timestamp(now));
                insert.setObject(9, MintQuoteStore.timestamp(now));
                insert.setObject(10, quote.chosen().map(Msat::value).orElse(null), Types.BIGINT);
                insert.executeUpdate();
            }
        });
    }

    Optional<MeltQuote> find(UUID id) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(FIND)) {
                query.setObject(1, id);
                try (ResultSet row = query.executeQuery()) {
                    return row.next() ? Optional.of(quote(row)) : Optional.empty();
                }
            }
        });
    }

    Optional<Started> started(UUID quoteId) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(LATEST)) {
                query.setObject(1, quoteId);
                try (ResultSet row = query.executeQuery()) {
                    return row.next()
                            ? Optional.of(
                                    new Started(row.getObject("id", UUID.class), requestHash(row)))
                            : Optional.empty();
                }
            }
        });
    }

    static RequestHash requestHash(ResultSet row) throws SQLException {
        return new RequestHash(HexFormat.of().formatHex(row.getBytes("request_sha256")));
    }

    /// Locks a quote until the transaction ends and gives its state.
    static String lockedState(Connection connection, UUID quoteId) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(STATE)) {
            query.setObject(1, quoteId);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("melt quote " + quoteId + " vanished");
                }
                return row.getString("state");
            }
        }
    }

    static void setState(Connection connection, UUID quoteId, String state, Instant now)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(SET_STATE)) {
            update.setString(1, state);
            update.setObject(2, MintQuoteStore.timestamp(now));
            update.setObject(3, quoteId);
            update.executeUpdate();
        }
    }

    static void setPaid(Connection connection, UUID quoteId, MeltQuote.Paid paid, Instant now)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(SET_PAID)) {
            update.setString(1, paid.preimageHex());
            update.setLong(2, paid.feePaid());
            update.setObject(3, MintQuoteStore.timestamp(now));
            update.setObject(4, quoteId);
            update.executeUpdate();
        }
    }

    private static MeltQuote quote(ResultSet row) throws SQLException {
        return new MeltQuote(
                row.getObject("id", UUID.class),
                CurrencyUnit.ofText(row.getString("unit")).orElseThrow(),
                row.getLong("amount"),
                row.getLong("fee_reserve"),
                row.getString("request"),
                new PaymentHash(row.getString("payment_hash")),
                Optional.ofNullable(row.getObject("chosen_msat", Long.class)).map(Msat::of),
                state(row),
                row.getObject("expires_at", OffsetDateTime.class).toInstant());
    }

    private static MeltQuote.State state(ResultSet row) throws SQLException {
        String state = row.getString("state");
        return switch (state) {
            case "UNPAID" -> new MeltQuote.Unpaid();
            case "PENDING" -> new MeltQuote.Pending();
            case "PAID" -> new MeltQuote.Paid(row.getString("preimage"), row.getLong("fee_paid"));
            default -> throw new IllegalStateException("melt quote in state " + state);
        };
    }
}
