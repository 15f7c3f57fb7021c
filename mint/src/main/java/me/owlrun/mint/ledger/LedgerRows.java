package me.owlrun.mint.ledger;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Proof;
import me.owlrun.mint.keys.Signer.SignedMessage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;

/// Inserts rows of the ledger as steps of a transaction that a store runs. Every batch is one round
/// trip and in key order, so that two transactions never wait for each other in a circle. A row
/// whose key is there already is left out, which the count tells.
public final class LedgerRows {

    private static final String INSERT_OPERATION =
            """
            INSERT INTO operation (id, kind, unit, request_sha256, quote_id,
                                   input_amount, output_amount, fee_amount, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String INSERT_PROOFS =
            """
            INSERT INTO proof (y, keyset_id, amount, secret, c, witness, state, operation_id)
            SELECT y, keyset_id, amount, secret, c, nullif(witness, ''), ?, ?
            FROM unnest(?::bytea[], ?::text[], ?::bigint[], ?::bytea[], ?::bytea[], ?::bytea[])
                 AS t (y, keyset_id, amount, secret, c, witness)
            ORDER BY y
            ON CONFLICT DO NOTHING
            """;

    private static final String INSERT_PROMISES =
            """
            INSERT INTO promise (b, keyset_id, amount, c, operation_id, output_index)
            SELECT b, keyset_id, amount, c, ?, output_index
            FROM unnest(?::bytea[], ?::text[], ?::bigint[], ?::bytea[])
                 WITH ORDINALITY AS t (b, keyset_id, amount, c, output_index)
            ORDER BY b
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

    /// Whether inserted proofs are spent for good or pending in a payment under way.
    public enum Redeemed {
        /// Spent for good.
        SPENT,
        /// Pending; the operation identifier is that of the payment's attempt.
        PENDING
    }

    private LedgerRows() {}

    /// Adds a row of history.
    ///
    /// @return false when the same request was carried out before
    public static boolean insert(Connection connection, Operation operation) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_OPERATION)) {
            insert.setObject(1, operation.id());
            insert.setString(2, operation.kind().text());
            insert.setString(3, operation.unit().text());
            insert.setBytes(4, operation.requestHash().bytes());
            insert.setObject(5, operation.quoteId().orElse(null));
            insert.setLong(6, operation.inputAmount());
            insert.setLong(7, operation.outputAmount());
            insert.setLong(8, operation.feeAmount());
            insert.setObject(9, operation.createdAt().atOffset(ZoneOffset.UTC));
            return insert.executeUpdate() == 1;
        }
    }

    /// Adds proofs.
    ///
    /// @return false when one of them is there already
    public static boolean insertProofs(
            Connection connection, List<Proof> proofs, Redeemed state, UUID operationId)
            throws SQLException {
        if (proofs.isEmpty()) {
            return true;
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT_PROOFS)) {
            insert.setString(1, state.name());
            insert.setObject(2, operationId);
            insert.setArray(3, Columns.bytes(connection, proofs, p -> p.y().toBytes()));
            insert.setArray(4, Columns.texts(connection, proofs, p -> p.keysetId().value()));
            insert.setArray(5, Columns.numbers(connection, proofs, Proof::amount));
            insert.setArray(6, Columns.bytes(connection, proofs, p -> Columns.utf8(p.secret())));
            insert.setArray(7, Columns.bytes(connection, proofs, p -> p.c().toBytes()));
            insert.setArray(
                    8,
                    Columns.bytes(connection, proofs, p -> Columns.utf8(p.witness().orElse(""))));
            return insert.executeUpdate() == proofs.size();
        }
    }

    /// Adds promises in the order of their outputs.
    ///
    /// @return false when one of the blinded messages is there already
    public static boolean insertPromises(
            Connection connection, List<SignedMessage> promises, UUID operationId)
            throws SQLException {
        if (promises.isEmpty()) {
            return true;
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT_PROMISES)) {
            insert.setObject(1, operationId);
            insert.setArray(2, Columns.bytes(connection, promises, p -> p.b().toBytes()));
            insert.setArray(3, Columns.texts(connection, promises, p -> p.keysetId().value()));
            insert.setArray(4, Columns.numbers(connection, promises, SignedMessage::amount));
            insert.setArray(5, Columns.bytes(connection, promises, p -> p.c().toBytes()));
            return insert.executeUpdate() == promises.size();
        }
    }

    /// Reserves blank outputs for the change of a payment under way (NUT-08).
    ///
    /// @return false when one of the blinded messages is there already
    public static boolean insertBlanks(
            Connection connection, List<BlindedMessage> blanks, UUID attemptId)
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
