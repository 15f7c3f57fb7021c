package me.owlrun.mint.keys;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migration;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// The rows of the table `keyset`.
public final class KeysetStore {

    private static final String V001 = "V001__keysets.sql";

    /// Serializes every process that may add keysets.
    private static final long LOCK_KEY = 0x6b65797365747300L;

    private static final String ALL =
            """
            SELECT id, unit, derivation_index, input_fee_ppk, active
            FROM keyset
            ORDER BY unit, derivation_index
            """;

    private static final String DEACTIVATE =
            """
            UPDATE keyset SET active = false WHERE unit = ? AND active
            """;

    private static final String INSERT =
            """
            INSERT INTO keyset (id, unit, derivation_index, input_fee_ppk, active, created_at)
            VALUES (?, ?, ?, ?, true, ?)
            """;

    private final Database database;

    /// @param database where the table lies
    public KeysetStore(Database database) {
        this.database = database;
    }

    /// The migration that makes the table.
    public static Migration migration() {
        var resource = KeysetStore.class.getResourceAsStream(V001);
        if (resource == null) {
            throw new DatabaseException("the resource " + V001 + " is missing in this build");
        }
        return Migration.read(V001, resource);
    }

    /// Whether no keyset was ever made, so that a new seed may be.
    public boolean isEmpty() {
        return all().isEmpty();
    }

    List<KeysetRow> all() {
        return database.transaction(KeysetStore::all);
    }

    /// Adds keysets while no other process can.
    ///
    /// @param missing given all keysets there are, those to add; each signs from now on in place of
    ///   the one of its unit before
    void add(Instant now, UnaryOperator<List<KeysetRow>> missing) {
        database.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_advisory_xact_lock(" + LOCK_KEY + ")");
            }
            for (KeysetRow row : missing.apply(all(connection))) {
                rotateTo(connection, row, now);
            }
        });
    }

    private static List<KeysetRow> all(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(ALL)) {
            List<KeysetRow> keysets = new ArrayList<>();
            while (rows.next()) {
                String unit = rows.getString("unit");
                keysets.add(
                        new KeysetRow(
                                new KeysetId(rows.getString("id")),
                                CurrencyUnit.ofText(unit).orElseThrow(),
                                rows.getInt("derivation_index"),
                                rows.getLong("input_fee_ppk"),
                                rows.getBoolean("active")));
            }
            return keysets;
        }
    }

    private static void rotateTo(Connection connection, KeysetRow row, Instant now)
            throws SQLException {
        try (PreparedStatement deactivate = connection.prepareStatement(DEACTIVATE);
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            deactivate.setString(1, row.unit().text());
            deactivate.executeUpdate();
            insert.setString(1, row.id().value());
            insert.setString(2, row.unit().text());
            insert.setInt(3, row.derivationIndex());
            insert.setLong(4, row.inputFeePpk());
            insert.setObject(5, now.atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
        }
    }
}
