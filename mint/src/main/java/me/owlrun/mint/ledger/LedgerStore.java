package me.owlrun.mint.ledger;

import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.db.Columns;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migration;
import me.owlrun.mint.keys.Signer.SignedMessage;
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

    private static final List<String> MIGRATIONS = List.of("V002__ledger.sql", "V010__journal.sql");

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
        return read(MIGRATIONS.getFirst());
    }

    /// The later migration that adds totals and the chain of seals.
    public static Migration journalMigration() {
        return read(MIGRATIONS.getLast());
    }

    private static Migration read(String name) {
        var resource = LedgerStore.class.getResourceAsStream(name);
        if (resource == null) {
            throw new DatabaseException("the resource " + name + " is missing in this build");
        }
        return Migration.read(name, resource);
    }

    /// The signatures that the request with this hash got, if it was carried out.
    public Optional<List<SignedMessage>> findAnswer(RequestHash requestHash) {
        return database.read(connection -> findAnswer(connection, requestHash));
    }

    /// What is known of these proofs, by their point Y (NUT-07).
    public Map<Point, ProofState> proofStates(List<Point> ys) {
        return database.read(connection -> proofStates(connection, ys));
    }

    /// The signatures these blinded messages got, by B_ (NUT-09).
    public Map<Point, SignedMessage> promises(List<Point> bs) {
        return database.read(connection -> {
            Map<Point, SignedMessage> found = new HashMap<>();
            try (PreparedStatement query = connection.prepareStatement(FIND_PROMISES)) {
                query.setArray(1, Columns.bytes(connection, bs, Point::toBytes));
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        LookRows.signedMessage(rows)
                                .ifPresent(message -> found.put(message.b(), message));
                    }
                }
            }
            return found;
        });
    }

    /// The signatures of one operation, in the order of its outputs.
    public List<SignedMessage> answerOf(UUID operationId) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(FIND_OF_OPERATION)) {
                query.setObject(1, operationId);
                List<SignedMessage> signatures = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        LookRows.signedMessage(rows).ifPresent(signatures::add);
                    }
                }
                return signatures;
            }
        });
    }

    /// The blank outputs that a payment under way reserved, in their order.
    public List<BlindedMessage> blanks(UUID attemptId) {
        return database.read(connection -> PendingRows.blanks(connection, attemptId));
    }

    /// Writes an entry. When something is in its way, everything the transaction did so far is
    /// rolled back and the reason is found out.
    public static Recorded record(Connection connection, Entry entry) throws SQLException {
        Tally tally = Tally.of(List.of(entry));
        return switch (EntryRows.write(connection, List.of(entry), tally)) {
            case DONE -> new Recorded.Fresh();
            case TAKEN -> rollBackAndExplain(connection, entry);
            case UNCOVERED -> {
                connection.rollback();
                TotalRows.logUncovered(tally);
                yield new Recorded.Conflict(ErrorCode.KEYSET_UNCOVERED);
            }
        };
    }

    static Recorded rollBackAndExplain(Connection connection, Entry entry) throws SQLException {
        return rollBackAndExplain(
                connection, entry.operation().requestHash(), entry.inputs(), entry.outputs());
    }

    /// Undoes the transaction so far and says what was in the way of a request.
    static Recorded rollBackAndExplain(
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
            query.setArray(1, Columns.bytes(connection, outputs, o -> o.b().toBytes()));
            try (ResultSet rows = query.executeQuery()) {
                boolean signed = false;
                while (rows.next()) {
                    signed |= LookRows.signedMessage(rows).isPresent();
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
                    LookRows.signedMessage(rows).ifPresent(signatures::add);
                }
                return found ? Optional.of(signatures) : Optional.empty();
            }
        }
    }

    private static Map<Point, ProofState> proofStates(Connection connection, List<Point> ys)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FIND_PROOFS)) {
            query.setArray(1, Columns.bytes(connection, ys, Point::toBytes));
            try (ResultSet rows = query.executeQuery()) {
                Map<Point, ProofState> states = new HashMap<>();
                while (rows.next()) {
                    byte[] witness = rows.getBytes("witness");
                    states.put(
                            Point.fromBytes(rows.getBytes("y")),
                            new ProofState(
                                    rows.getString("state").equals("SPENT"),
                                    Optional.ofNullable(witness)
                                            .map(w -> new String(w, StandardCharsets.UTF_8))));
                }
                return states;
            }
        }
    }
}
