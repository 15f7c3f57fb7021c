package me.owlrun.gateway.vault;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/// The rows of `kit`: small coins, reserved before a payment in sats is claimed, so that its change
/// can be exact. Every method runs inside the caller's transaction.
public final class KitStore {

    private static final String RESERVE =
            """
            UPDATE kit SET state = 'reserved', payment_id = ?
            WHERE id = (
                SELECT id FROM kit WHERE state = 'free' ORDER BY id LIMIT 1
                FOR UPDATE SKIP LOCKED)
            """;

    private static final String FREE =
            """
            UPDATE kit SET state = 'free', payment_id = NULL
            WHERE payment_id = ? AND state = 'reserved'
            """;

    private static final String USE =
            """
            UPDATE kit SET state = 'used' WHERE payment_id = ? AND state = 'reserved'
            """;

    private static final String LOOSEN =
            """
            UPDATE vault_proof SET kit_id = NULL
            WHERE state = 'held'
                AND kit_id = (SELECT id FROM kit WHERE payment_id = ? AND state = 'used')
            """;

    private static final String MAKE =
            """
            INSERT INTO kit (state) VALUES ('making') RETURNING id
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

    /// Reserves a kit; false when none is free.
    public boolean reserve(Connection connection, String paymentId) throws SQLException {
        return count(connection, RESERVE, paymentId) == 1;
    }

    /// Gives a payment's kit back whole, if it has one.
    public void free(Connection connection, String paymentId) throws SQLException {
        update(connection, FREE, paymentId);
    }

    /// Uses a payment's kit up: what was not given from it becomes loose.
    public void use(Connection connection, String paymentId) throws SQLException {
        update(connection, USE, paymentId);
        update(connection, LOOSEN, paymentId);
    }

    private static void update(Connection connection, String sql, String paymentId)
            throws SQLException {
        var _ = count(connection, sql, paymentId);
    }

    private static int count(Connection connection, String sql, String paymentId)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, paymentId);
            return update.executeUpdate();
        }
    }

    /// Begins a kit.
    public long make(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(MAKE);
                ResultSet rows = insert.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
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
