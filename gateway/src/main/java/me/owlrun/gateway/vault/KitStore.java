package me.owlrun.gateway.vault;

import me.owlrun.db.Bundle;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// The rows of `kit`: small coins, reserved before a payment in sats is claimed, so that its change
/// can be exact. Every method runs inside the caller's transaction.
public final class KitStore {

    private static final String RESERVE =
            """
            WITH free AS (
                SELECT id, row_number() OVER () AS place
                FROM (
                    SELECT id FROM kit WHERE state = 'free' ORDER BY id LIMIT ?
                    FOR UPDATE SKIP LOCKED) AS locked
            )
            UPDATE kit SET state = 'reserved', payment_id = wanted.payment_id
            FROM free JOIN unnest(?::text[]) WITH ORDINALITY AS wanted (payment_id, place)
                USING (place)
            WHERE kit.id = free.id
                AND EXISTS (SELECT 1 FROM payment p WHERE p.id = wanted.payment_id)
            RETURNING kit.payment_id
            """;

    private static final String FREE =
            """
            UPDATE kit SET state = 'free', payment_id = NULL
            WHERE payment_id = ? AND state = 'reserved'
            """;

    private static final String MAKE =
            """
            INSERT INTO kit (state) SELECT 'making' FROM generate_series(1, ?) RETURNING id
            """;

    private static final String MADE =
            """
            UPDATE kit SET state = ?
            WHERE state = 'making'
                AND id IN (SELECT kit_id FROM vault_proof WHERE operation_id = ?)
            """;

    private static final String COUNT =
            """
            SELECT count(*) FILTER (WHERE state = 'free'),
                count(*) FILTER (WHERE state = 'making')
            FROM kit WHERE state IN ('free', 'making')
            """;

    /// Reserves a kit for each of these payments that is there, as long as there are any.
    ///
    /// @param reserved takes the payments that have one
    public void reserve(Bundle bundle, List<String> paymentIds, Set<String> reserved) {
        if (paymentIds.isEmpty()) {
            return;
        }
        bundle.query(
                RESERVE,
                params -> params.value(paymentIds.size()).texts(paymentIds, id -> id),
                rows -> {
                    while (rows.next()) {
                        reserved.add(rows.getString(1));
                    }
                });
    }

    /// Gives a payment's kit back whole, if it has one.
    public void free(Connection connection, String paymentId) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(FREE)) {
            update.setString(1, paymentId);
            update.executeUpdate();
        }
    }

    /// Begins kits.
    public List<Long> make(Connection connection, int kitCount) throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (PreparedStatement insert = connection.prepareStatement(MAKE)) {
            insert.setInt(1, kitCount);
            try (ResultSet rows = insert.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
            }
        }
        return ids;
    }

    /// Ends the making of an operation's kits.
    ///
    /// @param succeeded whether their proofs are there; call before they are taken out of the kits
    public void made(Connection connection, UUID operation, boolean succeeded) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(MADE)) {
            update.setString(1, succeeded ? "free" : "failed");
            update.setObject(2, operation);
            update.executeUpdate();
        }
    }

    /// How many kits there are.
    ///
    /// @param free ready to be reserved
    /// @param making on their way
    public record Count(long free, long making) {}

    public Count count(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COUNT);
                ResultSet rows = query.executeQuery()) {
            rows.next();
            return new Count(rows.getLong(1), rows.getLong(2));
        }
    }
}
