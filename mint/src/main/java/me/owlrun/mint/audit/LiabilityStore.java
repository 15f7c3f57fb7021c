package me.owlrun.mint.audit;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.db.Database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Reads the live totals and the head of the chain; cheap at any size of the books.
public final class LiabilityStore {

    private static final String TOTALS =
            """
            SELECT k.id, k.unit, coalesce(t.issued, 0) AS issued,
                   coalesce(t.redeemed, 0) AS redeemed, coalesce(t.pending, 0) AS pending,
                   coalesce(t.fee, 0) AS fee
            FROM keyset k LEFT JOIN keyset_total t ON t.keyset_id = k.id
            ORDER BY k.unit, k.derivation_index
            """;

    private static final String HEAD =
            """
            SELECT h.n, h.hash, s.sealed_at FROM seal_head h LEFT JOIN seal s ON s.n = h.n
            """;

    private final Database database;

    /// @param database where the totals lie
    public LiabilityStore(Database database) {
        this.database = database;
    }

    /// What is owed now.
    public Liabilities read() {
        return database.snapshot(connection -> {
            List<Liabilities.OfKeyset> keysets = keysets(connection);
            try (Statement statement = connection.createStatement();
                    ResultSet head = statement.executeQuery(HEAD)) {
                head.next();
                return new Liabilities(
                        keysets,
                        head.getLong("n"),
                        HexFormat.of().formatHex(head.getBytes("hash")),
                        Optional.ofNullable(head.getObject("sealed_at", OffsetDateTime.class))
                                .map(OffsetDateTime::toInstant));
            }
        });
    }

    private static List<Liabilities.OfKeyset> keysets(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(TOTALS)) {
            List<Liabilities.OfKeyset> keysets = new ArrayList<>();
            while (rows.next()) {
                keysets.add(
                        new Liabilities.OfKeyset(
                                rows.getString("id"),
                                CurrencyUnit.ofText(rows.getString("unit")).orElseThrow(),
                                rows.getLong("issued"),
                                rows.getLong("redeemed"),
                                rows.getLong("pending"),
                                rows.getLong("fee")));
            }
            return keysets;
        }
    }
}
