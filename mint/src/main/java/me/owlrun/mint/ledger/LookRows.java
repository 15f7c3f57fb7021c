package me.owlrun.mint.ledger;

import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.db.Columns;
import me.owlrun.mint.keys.Signer.SignedMessage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Looks up what the ledger knows of many requests in one round trip.
final class LookRows {

    private static final String ANSWERS =
            """
            SELECT o.request_sha256, p.b, p.keyset_id, p.amount, p.c
            FROM operation o LEFT JOIN promise p ON p.operation_id = o.id
            WHERE o.request_sha256 = ANY (?::bytea[])
            ORDER BY o.id, p.output_index
            """;

    private static final String PROOFS =
            """
            SELECT y, state FROM proof WHERE y = ANY (?::bytea[])
            """;

    private static final String PROMISES =
            """
            SELECT b, c IS NOT NULL AS signed FROM promise WHERE b = ANY (?::bytea[])
            """;

    /// Each statement sees what was committed before it began, so the answers come last: whoever
    /// sees its own inputs spent sees its answer, too.
    private static final String LOOK = PROOFS + ";" + ANSWERS;

    private static final String LOOK_AT_ALL = PROOFS + ";" + PROMISES + ";" + ANSWERS;

    private LookRows() {}

    /// What is asked of the ledger.
    record Question(List<RequestHash> requests, List<Point> ys, List<Point> bs) {}

    /// What the ledger knows of it.
    ///
    /// @param answers signatures by request that was carried out
    /// @param spent points of proofs that are spent for good
    /// @param pending points of proofs in payments under way
    /// @param signed blinded messages that were signed
    /// @param reserved blinded messages that wait for change
    record Known(
            Map<RequestHash, List<SignedMessage>> answers,
            Set<Point> spent,
            Set<Point> pending,
            Set<Point> signed,
            Set<Point> reserved) {}

    static Known look(Connection connection, Question question) throws SQLException {
        Known known =
                new Known(
                        new HashMap<>(),
                        new HashSet<>(),
                        new HashSet<>(),
                        new HashSet<>(),
                        new HashSet<>());
        boolean all = !question.bs().isEmpty();
        try (PreparedStatement look = connection.prepareStatement(all ? LOOK_AT_ALL : LOOK)) {
            look.setArray(1, Columns.bytes(connection, question.ys(), Point::toBytes));
            if (all) {
                look.setArray(2, Columns.bytes(connection, question.bs(), Point::toBytes));
            }
            look.setArray(
                    all ? 3 : 2,
                    Columns.bytes(connection, question.requests(), RequestHash::bytes));
            look.execute();
            try (ResultSet rows = look.getResultSet()) {
                while (rows.next()) {
                    boolean spent = rows.getString("state").equals("SPENT");
                    (spent ? known.spent() : known.pending())
                            .add(Point.fromBytes(rows.getBytes("y")));
                }
            }
            look.getMoreResults();
            if (all) {
                try (ResultSet rows = look.getResultSet()) {
                    while (rows.next()) {
                        (rows.getBoolean("signed") ? known.signed() : known.reserved())
                                .add(Point.fromBytes(rows.getBytes("b")));
                    }
                }
                look.getMoreResults();
            }
            try (ResultSet rows = look.getResultSet()) {
                readAnswers(rows, known.answers());
            }
        }
        return known;
    }

    private static void readAnswers(ResultSet rows, Map<RequestHash, List<SignedMessage>> answers)
            throws SQLException {
        while (rows.next()) {
            RequestHash request = RequestHash.ofBytes(rows.getBytes("request_sha256"));
            signedMessage(rows)
                    .ifPresentOrElse(
                            answers.computeIfAbsent(request, r -> new ArrayList<>())::add,
                            () -> answers.computeIfAbsent(request, r -> new ArrayList<>()));
        }
    }

    /// The signature in a row of promises, if it has one yet.
    static Optional<SignedMessage> signedMessage(ResultSet row) throws SQLException {
        byte[] c = row.getBytes("c");
        return c == null
                ? Optional.empty()
                : Optional.of(
                        new SignedMessage(
                                row.getLong("amount"),
                                new KeysetId(row.getString("keyset_id")),
                                Point.fromBytes(row.getBytes("b")),
                                Point.fromBytes(c)));
    }
}
