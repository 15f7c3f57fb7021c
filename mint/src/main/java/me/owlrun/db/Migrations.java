package me.owlrun.db;

import me.owlrun.hash.Sha256;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Brings a schema up to date: all missing migrations in one transaction under an advisory lock, so
/// that several processes may start at once. A migration that was changed after it ran, and one
/// that a newer program left behind, stop the start.
public final class Migrations {

    private static final long LOCK_KEY = 0x6f776c72756eL;

    private static final String CREATE_HISTORY =
            """
            CREATE TABLE IF NOT EXISTS schema_history (
                name text PRIMARY KEY,
                sha256 text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """;

    private Migrations() {}

    /// Applies what is missing, in the order given.
    ///
    /// @throws DatabaseException when the database holds something else than these migrations made
    public static void apply(Database database, List<Migration> migrations) {
        database.inTransaction(connection -> {
            Database.takeTime(connection);
            execute(connection, "SELECT pg_advisory_xact_lock(" + LOCK_KEY + ")");
            execute(connection, CREATE_HISTORY);
            Map<String, String> applied = applied(connection);
            for (Migration migration : migrations) {
                apply(connection, migration, applied);
            }
            if (!applied.isEmpty()) {
                throw new DatabaseException(
                        "the database was made by a newer version ("
                                + String.join(", ", applied.keySet())
                                + "); start that version");
            }
        });
    }

    private static void apply(
            Connection connection, Migration migration, Map<String, String> applied)
            throws SQLException {
        String sha256 = Sha256.hexOf(migration.sql());
        String before = applied.remove(migration.name());
        if (sha256.equals(before)) {
            return;
        }
        if (before != null) {
            throw new DatabaseException(
                    "the migration "
                            + migration.name()
                            + " was changed after it ran; restore it and add a new one");
        }
        execute(connection, migration.sql());
        try (PreparedStatement insert =
                connection.prepareStatement(
                        "INSERT INTO schema_history (name, sha256) VALUES (?, ?)")) {
            insert.setString(1, migration.name());
            insert.setString(2, sha256);
            insert.executeUpdate();
        }
    }

    private static Map<String, String> applied(Connection connection) throws SQLException {
        Map<String, String> applied = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT name, sha256 FROM schema_history")) {
            while (rows.next()) {
                applied.put(rows.getString(1), rows.getString(2));
            }
        }
        return applied;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
