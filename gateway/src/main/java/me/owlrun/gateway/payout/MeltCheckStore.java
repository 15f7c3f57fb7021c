package me.owlrun.gateway.payout;

import me.owlrun.db.Database;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/// Reads the payments that ended, in the order of their ends.
final class MeltCheckStore {

    private static final String AFTER =
            """
            SELECT p.id, p.closed_at, o.quote_id, p.state = 'paid' AS paid,
                CASE p.unit WHEN 'sat' THEN p.amount_msat / 1000 ELSE p.amount_msat END AS steps
            FROM payout p JOIN mint_operation o ON o.id = p.operation_id
            WHERE p.method = 'lightning' AND p.state IN ('paid', 'failed')
                AND (p.closed_at, p.id) > (?, ?)
            ORDER BY p.closed_at, p.id LIMIT ?
            """;

    private final Database database;

    MeltCheckStore(Database database) {
        this.database = database;
    }

    /// How far one has looked.
    record Place(OffsetDateTime closedAt, String payoutId) {
        static final Place BEGINNING = new Place(OffsetDateTime.parse("2009-01-03T00:00Z"), "");
    }

    /// A payment that ended.
    ///
    /// @param paid whether it happened
    /// @param amountSteps what the payee got, in steps of the unit that it was paid with
    record Melt(
            String payoutId,
            OffsetDateTime closedAt,
            String quoteId,
            boolean paid,
            long amountSteps) {

        Place place() {
            return new Place(closedAt, payoutId);
        }
    }

    /// Payments that ended after a place.
    List<Melt> after(Place place, int countMax) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(AFTER)) {
                query.setObject(1, place.closedAt());
                query.setString(2, place.payoutId());
                query.setInt(3, countMax);
                List<Melt> melts = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        melts.add(
                                new Melt(
                                        row.getString("id"),
                                        row.getObject("closed_at", OffsetDateTime.class),
                                        row.getString("quote_id"),
                                        row.getBoolean("paid"),
                                        row.getLong("steps")));
                    }
                }
                return melts;
            }
        });
    }
}
