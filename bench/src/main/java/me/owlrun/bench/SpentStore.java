package me.owlrun.bench;

import me.owlrun.db.LocalPostgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/// Fills the database of our mint with spent proofs that nobody ever had, keys spread as real ones
/// are. The only place that knows the mint's tables.
final class SpentStore {

    private static final int ROWS_AT_ONCE = 500_000;

    private static final String FILL =
            """
            INSERT INTO proof (y, keyset_id, amount, secret, c, state, operation_id)
            SELECT '\\x02'::bytea || sha256(('y' || i)::bytea),
                   (SELECT id FROM keyset WHERE unit = 'sat' AND active),
                   1,
                   convert_to(encode(sha256(('s' || i)::bytea), 'hex'), 'UTF8'),
                   '\\x02'::bytea || sha256(('c' || i)::bytea),
                   'SPENT',
                   gen_random_uuid()
            FROM generate_series(?::bigint, ?::bigint) AS i
            ORDER BY 1
            """;

    private final String url;

    /// @param url the JDBC address of the mint's database
    SpentStore(String url) {
        this.url = url;
    }

    /// Adds the rows numbered from (inclusive) to (exclusive), and lets PostgreSQL settle.
    void fill(long from, long to) {
        try (Connection connection = DriverManager.getConnection(url, LocalPostgres.USER, "");
                PreparedStatement insert = connection.prepareStatement(FILL);
                Statement settle = connection.createStatement()) {
            for (long first = from; first < to; first += ROWS_AT_ONCE) {
                insert.setLong(1, first);
                insert.setLong(2, Math.min(to, first + ROWS_AT_ONCE) - 1);
                insert.executeUpdate();
            }
            settle.execute("VACUUM (ANALYZE) proof");
            settle.execute("CHECKPOINT");
        } catch (SQLException e) {
            throw new BenchException("the spent proofs cannot be filled in: " + e.getMessage(), e);
        }
    }
}
