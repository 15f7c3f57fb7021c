package me.owlrun.mint.ledger;

import me.owlrun.db.Columns;
import me.owlrun.hash.Sha256;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/// The rows of the tables `seal` and `seal_head`: the hash chain over all operations. The database
/// makes the hash, so that no process has to know the seal before; a transaction seals after all
/// rows of its operations and before the totals.
final class SealRows {

    /// The statement that adds the next seal; its parameters are those of [#fill].
    static final String SEAL =
            """
            WITH more AS (
                SELECT ?::uuid AS id, ?::integer AS operations, ?::bytea AS operations_sha256,
                       ?::bigint AS micros, ?::timestamptz AS sealed_at
            ), head AS (
                UPDATE seal_head
                SET n = n + 1,
                    hash = sha256('Owlrun_seal_v1'::bytea || hash || int8send(n + 1)
                                  || int8send(more.micros) || int4send(more.operations)
                                  || more.operations_sha256)
                FROM more
                RETURNING n, hash
            )
            INSERT INTO seal (n, id, operations, operations_sha256, hash, sealed_at)
            SELECT head.n, id, operations, operations_sha256, head.hash, sealed_at
            FROM head, more
            """;

    /// How many parameters [#SEAL] has.
    static final int PARAMETERS = 5;

    private SealRows() {}

    /// An operation to be sealed.
    ///
    /// @param sha256 its [OperationDigest]
    record Sealed(UUID id, Instant createdAt, ByteBuffer sha256) {}

    /// The seal of operations that are committed together has the identifier of the first.
    static UUID id(List<Sealed> operations) {
        return operations.stream()
                .map(Sealed::id)
                .min(SealRows::compareAsBytes)
                .orElseThrow(() -> new IllegalArgumentException("nothing to seal"));
    }

    /// Identifiers in the order of their bytes, which is the database's.
    static int compareAsBytes(UUID one, UUID other) {
        int high =
                Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(
                        one.getLeastSignificantBits(), other.getLeastSignificantBits());
    }

    /// Fills the five parameters of [#SEAL], beginning at the index given.
    static void fill(PreparedStatement statement, int index, List<Sealed> operations)
            throws SQLException {
        Instant at =
                operations.stream().map(Sealed::createdAt).max(Instant::compareTo).orElseThrow();
        MessageDigest digest = Sha256.digest();
        operations.stream()
                .sorted((a, b) -> compareAsBytes(a.id(), b.id()))
                .forEach(operation -> digest.update(operation.sha256().duplicate()));
        statement.setObject(index, id(operations));
        statement.setInt(index + 1, operations.size());
        statement.setBytes(index + 2, digest.digest());
        statement.setLong(index + 3, OperationDigest.micros(at));
        statement.setObject(index + 4, at.atOffset(ZoneOffset.UTC));
    }

    /// Seals operations whose rows this transaction wrote.
    static void seal(Connection connection, List<Sealed> operations) throws SQLException {
        try (PreparedStatement seal = connection.prepareStatement(SEAL)) {
            fill(seal, 1, operations);
            if (seal.executeUpdate() != 1) {
                throw new IllegalStateException("the head of the chain is missing");
            }
        }
    }

    /// The hash of a seal.
    static byte[] hash(byte[] before, long n, Instant at, int operations, byte[] sha256) {
        MessageDigest digest = Sha256.digest();
        digest.update(Columns.utf8("Owlrun_seal_v1"));
        digest.update(before);
        digest.update(Columns.bytes(n));
        digest.update(Columns.bytes(OperationDigest.micros(at)));
        digest.update(Arrays.copyOfRange(Columns.bytes(operations), 4, 8));
        digest.update(sha256);
        return digest.digest();
    }
}
