package me.owlrun.mint.ledger;

import me.owlrun.cashu.KeysetId;
import me.owlrun.db.Columns;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/// The rows of the table `keyset_total`. They are hot: a transaction adds to them last of all, in
/// the order of their keysets.
final class TotalRows {

    private static final Logger LOG = System.getLogger(TotalRows.class.getName());

    /// The statement that makes rows of new keysets; its parameter is their identifiers.
    static final String MAKE =
            """
            INSERT INTO keyset_total (keyset_id) SELECT unnest(?::text[]) ON CONFLICT DO NOTHING
            """;

    /// The statement that adds a tally; rows that would not be covered any more are left out.
    static final String ADD =
            """
            WITH more AS (
                SELECT * FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
                     AS t (keyset_id, issued, redeemed, pending, fee)
            ), locked AS MATERIALIZED (
                SELECT keyset_id FROM keyset_total
                WHERE keyset_id IN (SELECT keyset_id FROM more)
                ORDER BY keyset_id
                FOR UPDATE
            )
            UPDATE keyset_total t
            SET issued = t.issued + more.issued,
                redeemed = t.redeemed + more.redeemed,
                pending = t.pending + more.pending,
                fee = t.fee + more.fee
            FROM more JOIN locked USING (keyset_id)
            WHERE t.keyset_id = more.keyset_id
              AND t.redeemed + more.redeemed + t.pending + more.pending
                  <= t.issued + more.issued
            """;

    private TotalRows() {}

    /// Fills the parameters of [#MAKE] and [#ADD], beginning at the index given.
    static void fill(PreparedStatement statement, int index, Connection connection, Tally tally)
            throws SQLException {
        List<KeysetId> keysets = tally.keysets();
        List<Tally.Sums> sums = tally.sums();
        var ids = Columns.texts(connection, keysets, KeysetId::value);
        statement.setArray(index, ids);
        statement.setArray(index + 1, ids);
        statement.setArray(index + 2, Columns.numbers(connection, sums, Tally.Sums::issued));
        statement.setArray(index + 3, Columns.numbers(connection, sums, Tally.Sums::redeemed));
        statement.setArray(index + 4, Columns.numbers(connection, sums, Tally.Sums::pending));
        statement.setArray(index + 5, Columns.numbers(connection, sums, Tally.Sums::fee));
    }

    /// Adds a tally.
    ///
    /// @return false when a keyset would redeem more than it issued; the caller rolls back
    static boolean add(Connection connection, Tally tally) throws SQLException {
        try (PreparedStatement add = connection.prepareStatement(MAKE + ";" + ADD)) {
            fill(add, 1, connection, tally);
            return Columns.counts(add).get(1) == tally.keysets().size();
        }
    }

    /// Tells the operator of a request that would have broken the books.
    static void logUncovered(Tally tally) {
        LOG.log(
                Level.ERROR,
                "Refused: one of the keysets {0} would have redeemed more than it issued."
                        + " Somebody has its key, or the books are wrong; stop the mint and run"
                        + " its audit.",
                tally.keysets());
    }
}
