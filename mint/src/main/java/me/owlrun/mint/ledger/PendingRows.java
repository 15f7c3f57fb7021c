package me.owlrun.mint.ledger;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.db.Columns;
import me.owlrun.mint.keys.Signer.SignedMessage;
import me.owlrun.mint.ledger.OperationDigest.Input;
import me.owlrun.mint.outcome.ErrorCode;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The pending proofs and reserved blanks of a payment, with the totals they count in, as steps of
/// the transaction that begins or ends it. They come last in it: the totals are hot.
public final class PendingRows {

    private static final String SPEND =
            """
            UPDATE proof SET state = 'SPENT' WHERE operation_id = ? AND state = 'PENDING'
            RETURNING y, keyset_id, amount, secret, c, witness
            """;

    private static final String RELEASE =
            """
            DELETE FROM proof WHERE operation_id = ? AND state = 'PENDING'
            RETURNING y, keyset_id, amount, secret, c, witness
            """;

    private static final String BLANKS =
            """
            SELECT b, keyset_id FROM promise
            WHERE operation_id = ? AND c IS NULL
            ORDER BY output_index
            """;

    private static final String FILL =
            """
            UPDATE promise SET amount = filled.amount, c = filled.c
            FROM unnest(?::bytea[], ?::bigint[], ?::bytea[]) AS filled (b, amount, c)
            WHERE promise.b = filled.b AND promise.operation_id = ? AND promise.c IS NULL
            """;

    private static final String DROP_BLANKS =
            """
            DELETE FROM promise WHERE operation_id = ? AND c IS NULL
            """;

    private static final String INSERT_OPERATION =
            """
            INSERT INTO operation (id, kind, unit, request_sha256, quote_id, input_amount,
                                   output_amount, fee_amount, created_at, seal_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private PendingRows() {}

    /// The proofs are pending and the blanks reserved from now on. When something is in the way,
    /// everything the transaction did so far is rolled back and the reason is found out.
    public static Recorded reserve(
            Connection connection,
            UUID attemptId,
            RequestHash requestHash,
            List<Proof> inputs,
            List<BlindedMessage> blanks)
            throws SQLException {
        boolean reserved =
                ReservedRows.insertProofs(connection, inputs, attemptId)
                        && ReservedRows.insertBlanks(connection, blanks, attemptId);
        if (!reserved) {
            return LedgerStore.rollBackAndExplain(connection, requestHash, inputs, blanks);
        }
        Tally tally = new Tally();
        inputs.forEach(input -> tally.pending(input.keysetId(), input.amount()));
        if (!TotalRows.add(connection, tally)) {
            connection.rollback();
            TotalRows.logUncovered(tally);
            return new Recorded.Conflict(ErrorCode.KEYSET_UNCOVERED);
        }
        return new Recorded.Fresh();
    }

    /// The proofs are spent for good, some blanks become promises, the others are free, and the
    /// operation is written and sealed.
    ///
    /// @param operation the row of history, with the attempt's identifier
    /// @param change signatures for the first blanks
    public static void finish(
            Connection connection, Operation operation, List<SignedMessage> change)
            throws SQLException {
        if (!insert(connection, operation)) {
            throw new IllegalStateException("melt " + operation.id() + " is in the ledger twice");
        }
        List<Input> inputs = take(connection, SPEND, operation.id());
        fillBlanks(connection, operation.id(), change);
        byte[] digest = OperationDigest.of(operation, inputs, change);
        SealRows.seal(
                connection,
                List.of(
                        new SealRows.Sealed(
                                operation.id(), operation.createdAt(), ByteBuffer.wrap(digest))));
        Tally tally = new Tally();
        for (Input input : inputs) {
            tally.pending(input.proof().keysetId(), -input.proof().amount());
            tally.redeemed(input.proof().keysetId(), input.proof().amount());
        }
        change.forEach(message -> tally.issued(message.keysetId(), message.amount()));
        tally.fee(
                inputs.stream().map(input -> input.proof().keysetId()).toList(),
                operation.feeAmount());
        addTo(connection, tally);
    }

    /// The proofs are unspent again and the blanks free.
    public static void release(Connection connection, UUID attemptId) throws SQLException {
        Tally tally = new Tally();
        for (Input input : take(connection, RELEASE, attemptId)) {
            tally.pending(input.proof().keysetId(), -input.proof().amount());
        }
        run(connection, DROP_BLANKS, attemptId);
        addTo(connection, tally);
    }

    /// What ends a payment never redeems more than was pending already.
    private static void addTo(Connection connection, Tally tally) throws SQLException {
        if (!TotalRows.add(connection, tally)) {
            TotalRows.logUncovered(tally);
            throw new IllegalStateException("the totals of " + tally.keysets() + " are wrong");
        }
    }

    private static boolean insert(Connection connection, Operation operation) throws SQLException {
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
            insert.setObject(10, operation.id());
            return insert.executeUpdate() == 1;
        }
    }

    private static List<Input> take(Connection connection, String sql, UUID attemptId)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, attemptId);
            List<Input> inputs = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    byte[] witness = rows.getBytes("witness");
                    inputs.add(
                            new Input(
                                    Point.fromBytes(rows.getBytes("y")),
                                    new Proof(
                                            rows.getLong("amount"),
                                            new KeysetId(rows.getString("keyset_id")),
                                            text(rows.getBytes("secret")),
                                            Point.fromBytes(rows.getBytes("c")),
                                            Optional.ofNullable(witness).map(PendingRows::text),
                                            Optional.empty())));
                }
            }
            return inputs;
        }
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static void fillBlanks(
            Connection connection, UUID attemptId, List<SignedMessage> change) throws SQLException {
        if (!change.isEmpty()) {
            try (PreparedStatement fill = connection.prepareStatement(FILL)) {
                fill.setArray(1, Columns.bytes(connection, change, c -> c.b().toBytes()));
                fill.setArray(2, Columns.numbers(connection, change, SignedMessage::amount));
                fill.setArray(3, Columns.bytes(connection, change, c -> c.c().toBytes()));
                fill.setObject(4, attemptId);
                if (fill.executeUpdate() != change.size()) {
                    throw new IllegalStateException("blanks of melt " + attemptId + " vanished");
                }
            }
        }
        run(connection, DROP_BLANKS, attemptId);
    }

    static List<BlindedMessage> blanks(Connection connection, UUID attemptId) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(BLANKS)) {
            query.setObject(1, attemptId);
            List<BlindedMessage> blanks = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    blanks.add(
                            new BlindedMessage(
                                    0,
                                    new KeysetId(rows.getString("keyset_id")),
                                    Point.fromBytes(rows.getBytes("b"))));
                }
            }
            return blanks;
        }
    }

    private static void run(Connection connection, String sql, UUID attemptId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, attemptId);
            statement.executeUpdate();
        }
    }
}
