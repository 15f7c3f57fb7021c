package me.owlrun.mint.testing;

import me.owlrun.db.LocalPostgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What all tables of a mint's database hold, as one fingerprint a table.
///
/// @param tables rows and their digest by table
public record Snapshot(Map<String, String> tables) {

    private static final String TABLES =
            """
            SELECT table_name FROM information_schema.tables
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
            """;

    /// Takes one.
    public static Snapshot of(TestMint mint) {
        Map<String, String> tables = new TreeMap<>();
        try (Connection connection =
                DriverManager.getConnection(mint.url(), LocalPostgres.USER, "")) {
            for (String table : column(connection, TABLES)) {
                String digest =
                        "SELECT count(*) || ' rows ' || md5(coalesce(string_agg(t::text, '|'"
                                + " ORDER BY t::text), '')) FROM \""
                                + table
                                + "\" t";
                tables.put(table, column(connection, digest).getFirst());
            }
            return new Snapshot(tables);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> column(Connection connection, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    /// The tables that changed since an earlier one.
    public Set<String> changedSince(Snapshot earlier) {
        Set<String> changed = new TreeSet<>(tables.keySet());
        changed.removeIf(table -> Objects.equals(tables.get(table), earlier.tables().get(table)));
        return changed;
    }
}
