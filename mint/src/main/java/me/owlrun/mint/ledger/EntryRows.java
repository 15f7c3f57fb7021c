package me.owlrun.mint.ledger;

import me.owlrun.cashu.BlindSignature;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Point;
import me.owlrun.cashu.Proof;
import me.owlrun.db.Columns;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Writes any number of entries in one round trip: operations, proofs, promises, their seal and the
/// totals. Rows go in in key order, so that two transactions never wait for each other in a circle;
/// a row whose key is there already is left out, which the count tells.
final class EntryRows {

    private static final String INSERT_OPERATIONS =
            """
            INSERT INTO operation (id, kind, unit, request_sha256, quote_id, input_amount,
                                   output_amount, fee_amount, created_at, seal_id)
            SELECT id, kind, unit, request_sha256, nullif(quote_id, '')::uuid, input_amount,
                   output_amount, fee_amount, created_at, ?
            FROM unnest(?::uuid[], ?::text[], ?::text[], ?::bytea[], ?::text[], ?::bigint[],
                        ?::bigint[], ?::bigint[], ?::timestamptz[])
                 AS t (id, kind, unit, request_sha256, quote_id, input_amount, output_amount,
                       fee_amount, created_at)
            ORDER BY request_sha256
            ON CONFLICT DO NOTHING
            """;

    private static final String INSERT_PROOFS =
            """
            INSERT INTO proof (y, keyset_id, amount, secret, c, witness, state, operation_id)
            SELECT y, keyset_id, amount, secret, c, nullif(witness, ''), 'SPENT', operation_id
            FROM unnest(?::bytea[], ?::text[], ?::bigint[], ?::bytea[], ?::bytea[], ?::bytea[],
                        ?::uuid[])
                 AS t (y, keyset_id, amount, secret, c, witness, operation_id)
            ORDER BY y
            ON CONFLICT DO NOTHING
            """;

    private static final String INSERT_PROMISES =
            """
            INSERT INTO promise (b, keyset_id, amount, c, operation_id, output_index)
            SELECT b, keyset_id, amount, c, operation_id, output_index
            FROM unnest(?::bytea[], ?::text[], ?::bigint[], ?::bytea[], ?::uuid[], ?::bigint[])
                 AS t (b, keyset_id, amount, c, operation_id, output_index)
            ORDER BY b
            ON CONFLICT DO NOTHING
            """;

    private static final String WRITE =
            String.join(
                    ";",
                    INSERT_OPERATIONS,
                    INSERT_PROOFS,
                    INSERT_PROMISES,
                    SealRows.SEAL,
                    TotalRows.MAKE,
                    TotalRows.ADD);

    private static final int OPERATIONS = 0;
    private static final int PROOFS = 1;
    private static final int PROMISES = 2;
    private static final int TOTALS = 5;

    private EntryRows() {}

    /// How a write went; unless it is [#DONE] the caller has to roll back.
    enum Written {
        /// Everything is written.
        DONE,
        /// A request, an input or an output is in the ledger already.
        TAKEN,
        /// A keyset would redeem more than it issued.
        UNCOVERED
    }

    /// A proof or promise with what its row needs beside it.
    ///
    /// @param key the point of its secret, or B_
    /// @param index its place among the outputs, from 1
    private record Row<T>(T value, Point key, UUID operationId, long index) {}

    /// Writes entries that have nothing in common.
    static Written write(Connection connection, List<Entry> entries, Tally tally)
            throws SQLException {
        List<Row<Proof>> proofs = new ArrayList<>();
        List<Row<BlindSignature>> promises = new ArrayList<>();
        List<SealRows.Sealed> sealed = new ArrayList<>();
        for (Entry entry : entries) {
            Operation operation = entry.operation();
            for (int i = 0; i < entry.inputs().size(); i++) {
                Point y = entry.ys().get(i);
                proofs.add(new Row<>(entry.inputs().get(i), y, operation.id(), i + 1));
            }
            for (int i = 0; i < entry.outputs().size(); i++) {
                BlindedMessage output = entry.outputs().get(i);
                BlindSignature signature = entry.signatures().get(i);
                promises.add(new Row<>(signature, output.b(), operation.id(), i + 1));
            }
            sealed.add(
                    new SealRows.Sealed(
                            operation.id(),
                            operation.createdAt(),
                            ByteBuffer.wrap(OperationDigest.of(entry))));
        }
        List<Operation> operations = entries.stream().map(Entry::operation).toList();
        try (PreparedStatement write = connection.prepareStatement(WRITE)) {
            int next = operations(connection, write, operations, SealRows.id(sealed));
            next = proofs(connection, write, next, proofs);
            next = promises(connection, write, next, promises);
            SealRows.fill(write, next, sealed);
            TotalRows.fill(write, next + SealRows.PARAMETERS, connection, tally);
            List<Integer> counts = Columns.counts(write);
            boolean fresh =
                    counts.get(OPERATIONS) == operations.size()
                            && counts.get(PROOFS) == proofs.size()
                            && counts.get(PROMISES) == promises.size();
            if (!fresh) {
                return Written.TAKEN;
            }
            return counts.get(TOTALS) == tally.keysets().size() ? Written.DONE : Written.UNCOVERED;
        }
    }

    private static int operations(
            Connection c, PreparedStatement write, List<Operation> rows, UUID sealId)
            throws SQLException {
        write.setObject(1, sealId);
        write.setArray(2, Columns.uuids(c, rows, Operation::id));
        write.setArray(3, Columns.texts(c, rows, o -> o.kind().text()));
        write.setArray(4, Columns.texts(c, rows, o -> o.unit().text()));
        write.setArray(5, Columns.bytes(c, rows, o -> o.requestHash().bytes()));
        write.setArray(6, Columns.texts(c, rows, o -> o.quoteId().map(UUID::toString).orElse("")));
        write.setArray(7, Columns.numbers(c, rows, Operation::inputAmount));
        write.setArray(8, Columns.numbers(c, rows, Operation::outputAmount));
        write.setArray(9, Columns.numbers(c, rows, Operation::feeAmount));
        write.setArray(10, Columns.times(c, rows, Operation::createdAt));
        return 11;
    }

    private static int proofs(
            Connection c, PreparedStatement write, int first, List<Row<Proof>> rows)
            throws SQLException {
        write.setArray(first, Columns.bytes(c, rows, r -> r.key().toBytes()));
        write.setArray(first + 1, Columns.texts(c, rows, r -> r.value().keysetId().value()));
        write.setArray(first + 2, Columns.numbers(c, rows, r -> r.value().amount()));
        write.setArray(first + 3, Columns.bytes(c, rows, r -> Columns.utf8(r.value().secret())));
        write.setArray(first + 4, Columns.bytes(c, rows, r -> r.value().c().toBytes()));
        write.setArray(
                first + 5,
                Columns.bytes(c, rows, r -> Columns.utf8(r.value().witness().orElse(""))));
        write.setArray(first + 6, Columns.uuids(c, rows, Row::operationId));
        return first + 7;
    }

    private static int promises(
            Connection c, PreparedStatement write, int first, List<Row<BlindSignature>> rows)
            throws SQLException {
        write.setArray(first, Columns.bytes(c, rows, r -> r.key().toBytes()));
        write.setArray(first + 1, Columns.texts(c, rows, r -> r.value().keysetId().value()));
        write.setArray(first + 2, Columns.numbers(c, rows, r -> r.value().amount()));
        write.setArray(first + 3, Columns.bytes(c, rows, r -> r.value().c().toBytes()));
        write.setArray(first + 4, Columns.uuids(c, rows, Row::operationId));
        write.setArray(first + 5, Columns.numbers(c, rows, Row::index));
        return first + 6;
    }
}
