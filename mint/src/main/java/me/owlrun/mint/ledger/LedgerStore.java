package me.owlrun.mint.ledger;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migration;
import me.owlrun.mint.keys.Signer.SignedMessage;
import me.owlrun.mint.ledger.LedgerRows.Redeemed;
import me.owlrun.mint.outcome.ErrorCode;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The tables `operation`, `proof` and `promise`: one transaction per entry, and the questions that
/// are asked of them. Its static methods are steps of a larger transaction of another store.
public final class LedgerStore {

    private static final String V002 = "V002__ledger.sql";

    private static final String FIND_ANSWER =
            """
            SELECT o.id, p.b, p.keyset_id, p.amount, p.c
            FROM operation o LEFT JOIN promise p ON p.operation_id = o.id
            WHERE o.request_sha256 = ?
            ORDER BY p.output_index
            """;

    private static final String FIND_PROOFS =
            """
            SELECT y, state, witness FROM proof WHERE y = ANY (?::bytea[])
            """;

    private static final String FIND_PROMISES =
            """
            SELECT b, keyset_id, amount, c FROM promise WHERE b = ANY (?::bytea[])
            """;

    private static final String FIND_OF_OPERATION =
            """
            SELECT b, keyset_id, amount, c FROM promise
            WHERE operation_id = ? ORDER BY output_index
            """;

    private final Database database;

    /// @param database where the tables lie
    public LedgerStore(Database database) {
        this.database = database;
    }

    /// The migration that makes the tables.
    public static Migration migration() {
        var resource = LedgerStore.class.getResourceAsStream(V002);
        if (resource == null) {
            throw new DatabaseException("the resource " + V002 + " is missing in this build");
        }
        return Migration.read(V002, resource);
    }

    /// The signatures that the request with this hash got, if it was carried out.
    public Optional<List<SignedMessage>> findAnswer(RequestHash requestHash) {
        return database.transaction(connection -> findAnswer(connection, requestHash));
    }

    /// What is known of these proofs, by their point Y (NUT-07).
    public Map<Point, ProofState> proofStates(List<Point> ys) {
        return database.transaction(connection -> proofStates(connection, ys));
    }

    /// The signatures these blinded messages got, by B_ (NUT-09).
    public Map<Point, SignedMessage> promises(List<Point> bs) {
        return database.transaction(connection -> {
            Map<Point, SignedMessage> found = new HashMap<>();
            try (PreparedStatement query = connection.prepareStatement(FIND_PROMISES)) {
                query.setArray(1, Columns.points(connection, bs));
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        signedMessage(rows).ifPresent(message -> found.put(message.b(), message));
                    }
                }
            }
            return found;
        });
    }

    /// The signatures of one operation, in the order of its outputs.
    public List<SignedMessage> answerOf(UUID operationId) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(FIND_OF_OPERATION)) {
                query.setObject(1, operationId);
                List<SignedMessage> signatures = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        signedMessage(rows).ifPresent(signatures::add);
                    }
                }
                return signatures;
            }
        });
    }

    /// The blank outputs that a payment under way reserved, in their order.
    public List<BlindedMessage> blanks(UUID attemptId) {
        return database.transaction(connection -> PendingRows.blanks(connection, attemptId));
    }

    /// Writes an entry in a transaction of its own.
    public Recorded record(Entry entry) {
        return database.transaction(connection -> record(connection, entry));
    }

    /// Writes an entry. When one of its keys is there already, everything the transaction did so
    /// far is rolled back and the reason is found out.
    public static Recorded record(Connection connection, Entry entry) throws SQLException {
        Operation operation = entry.operation();
        boolean written =
                LedgerRows.insert(connection, operation)
                        && LedgerRows.insertProofs(
                                connection, entry.inputs(), Redeemed.SPENT, operation.id())
                        && LedgerRows.insertPromises(connection, entry.promises(), operation.id());
        return written
                ? new Recorded.Fresh()
                : rollBackAndExplain(
                        connection, operation.requestHash(), entry.inputs(), entry.outputs());
    }

    /// Undoes the transaction so far and says what was in the way of a request.
    public static Recorded rollBackAndExplain(
            Connection connection,
            RequestHash requestHash,
            List<Proof> inputs,
            List<BlindedMessage> outputs)
            throws SQLException {
        connection.rollback();
        Optional<List<SignedMessage>> answer = findAnswer(connection, requestHash);
        return answer.isPresent()
                ? new Recorded.Replay(answer.get())
                : new Recorded.Conflict(conflict(connection, inputs, outputs));
    }

    private static ErrorCode conflict(
            Connection connection, List<Proof> inputs, List<BlindedMessage> outputs)
            throws SQLException {
        var states = proofStates(connection, inputs.stream().map(Proof::y).toList()).values();
        if (states.stream().anyMatch(ProofState::spent)) {
            return ErrorCode.PROOFS_SPENT;
        }
        if (!states.isEmpty()) {
            return ErrorCode.PROOFS_PENDING;
        }
        try (PreparedStatement query = connection.prepareStatement(FIND_PROMISES)) {
            query.setArray(
                    1, Columns.points(connection, outputs.stream().map(o -> o.b()).toList()));
            try (ResultSet rows = query.executeQuery()) {
                boolean signed = false;
                while (rows.next()) {
                    signed |= signedMessage(rows).isPresent();
                }
                // None left: a payment that held them was given up meanwhile, so a retry may work.
                return signed ? ErrorCode.OUTPUTS_SIGNED : ErrorCode.OUTPUTS_PENDING;
            }
        }
    }

    private static Optional<List<SignedMessage>> findAnswer(
            Connection connection, RequestHash requestHash) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FIND_ANSWER)) {
            query.setBytes(1, requestHash.bytes());
            try (ResultSet rows = query.executeQuery()) {
                boolean found = false;
                List<SignedMessage> signatures = new ArrayList<>();
                while (rows.next()) {
                    found = true;
                    signedMessage(rows).ifPresent(signatures::add);
                }
                return found ? Optional.of(signatures) : Optional.empty();
            }
        }
    }

    private static Map<Point, ProofState> proofStates(Connection connection, List<Point> ys)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FIND_PROOFS)) {
            query.setArray(1, Columns.points(connection, ys));
            try (ResultSet rows = query.executeQuery()) {
                Map<Point, ProofState> states = new HashMap<>();
                while (rows.next()) {
                    byte[] witness = rows.getBytes("witness");
                    states.put(
                            Point.fromBytes(rows.getBytes("y")),
                            new ProofState(
                                    rows.getString("state").equals(Redeemed.SPENT.name()),
                                    Optional.ofNullable(witness)
                                            .map(w -> new String(w, StandardCharsets.UTF_8))));
                }
                return states;
            }
        }
    }

    private static Optional<SignedMessage> signedMessage(ResultSet row) throws SQLException {
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
