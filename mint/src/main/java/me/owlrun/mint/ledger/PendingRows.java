package me.owlrun.mint.ledger;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.mint.keys.Signer.SignedMessage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// What becomes of the pending proofs and reserved blanks of a payment, as steps of the transaction
/// that ends it.
public final class PendingRows {

    private static final String SPEND =
            """
            UPDATE proof SET state = 'SPENT' WHERE operation_id = ? AND state = 'PENDING'
            """;

    private static final String RELEASE =
            """
            DELETE FROM proof WHERE operation_id = ? AND state = 'PENDING'
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

    private PendingRows() {}

    /// The proofs are spent for good.
    public static void spend(Connection connection, UUID attemptId) throws SQLException {
        run(connection, SPEND, attemptId);
    }

    /// The proofs are unspent again and the blanks free.
    public static void release(Connection connection, UUID attemptId) throws SQLException {
        run(connection, RELEASE, attemptId);
        run(connection, DROP_BLANKS, attemptId);
    }

    /// Some blanks become promises, the others are free.
    public static void fillBlanks(Connection connection, UUID attemptId, List<SignedMessage> change)
            throws SQLException {
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
