package me.owlrun.mint.ledger;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Proof;
import me.owlrun.db.Columns;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/// Inserts what a payment under way holds: pending proofs and blank outputs. Every batch is one
/// round trip and in key order, so that two transactions never wait for each other in a circle. A
/// row whose key is there already is left out, which the count tells.
final class ReservedRows {

    private static final String INSERT_PROOFS =
            """
            INSERT INTO proof (y, keyset_id, amount, secret, c, witness, state, operation_id)
            SELECT y, keyset_id, amount, secret, c, nullif(witness, ''), 'PENDING', ?
            FROM unnest(?::bytea[], ?::text[], ?::bigint[], ?::bytea[], ?::bytea[], ?::bytea[])
                 AS t (y, keyset_id, amount, secret, c, witness)
            ORDER BY y
            ON CONFLICT DO NOTHING
            """;

    private static final String INSERT_BLANKS =
            """
            INSERT INTO promise (b, keyset_id, amount, c, operation_id, output_index)
            SELECT b, keyset_id, 0, NULL, ?, output_index
            FROM unnest(?::bytea[], ?::text[])
                 WITH ORDINALITY AS t (b, keyset_id, output_index)
            ORDER BY b
            ON CONFLICT DO NOTHING
            """;

    private ReservedRows() {}

    /// Adds pending proofs.
    ///
    /// @return false when one of them is there already
    static boolean insertProofs(Connection connection, List<Proof> proofs, UUID attemptId)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_PROOFS)) {
            insert.setObject(1, attemptId);
            insert.setArray(2, Columns.bytes(connection, proofs, p -> p.y().toBytes()));
            insert.setArray(3, Columns.texts(connection, proofs, p -> p.keysetId().value()));
            insert.setArray(4, Columns.numbers(connection, proofs, Proof::amount));
            insert.setArray(5, Columns.bytes(connection, proofs, p -> Columns.utf8(p.secret())));
            insert.setArray(6, Columns.bytes(connection, proofs, p -> p.c().toBytes()));
            insert.setArray(
                    7,
                    Columns.bytes(connection, proofs, p -> Columns.utf8(p.witness().orElse(""))));
            return insert.executeUpdate() == proofs.size();
        }
    }

    /// Reserves blank outputs for the change of a payment under way (NUT-08).
    ///
    /// @return false when one of the blinded messages is there already
    static boolean insertBlanks(Connection connection, List<BlindedMessage> blanks, UUID attemptId)
            throws SQLException {
        if (blanks.isEmpty()) {
            return true;
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT_BLANKS)) {
            insert.setObject(1, attemptId);
            insert.setArray(2, Columns.bytes(connection, blanks, b -> b.b().toBytes()));
            insert.setArray(3, Columns.texts(connection, blanks, b -> b.keysetId().value()));
            return insert.executeUpdate() == blanks.size();
        }
    }
}
