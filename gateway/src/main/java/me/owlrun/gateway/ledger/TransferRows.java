package me.owlrun.gateway.ledger;

import me.owlrun.db.Bundle;
import me.owlrun.db.Columns;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntConsumer;

/// Writes any number of new transfers: the transfers, then their entries, their seal and the
/// balances, each account once. Accounts are locked after the head of the chain and in their order,
/// so that no two transactions wait for each other in a circle.
final class TransferRows {

    private static final String INSERT_TRANSFERS =
            """
            INSERT INTO transfer (idempotency_key, request_sha256, kind, reference, posted_at,
                                  batch)
            SELECT key, sha256, kind, reference, ?, ?
            FROM unnest(?::text[], ?::bytea[], ?::text[], ?::text[])
                 AS t (key, sha256, kind, reference)
            ORDER BY key
            ON CONFLICT (idempotency_key) DO NOTHING
            """;

    private static final String OPEN_ACCOUNTS =
            """
            INSERT INTO account (kind, owner, floor_msat)
            SELECT n.kind, n.owner, CASE WHEN n.floored = 1 THEN 0 END
            FROM unnest(?::text[], ?::text[], ?::bigint[]) AS n (kind, owner, floored)
            WHERE NOT EXISTS (
                SELECT 1 FROM account a WHERE a.kind = n.kind AND a.owner = n.owner)
            ORDER BY n.kind, n.owner
            ON CONFLICT (kind, owner) DO NOTHING
            """;

    private static final String INSERT_ENTRIES =
            """
            INSERT INTO entry (transfer_id, account_id, amount_msat)
            SELECT t.id, a.id, e.amount
            FROM unnest(?::text[], ?::text[], ?::text[], ?::bigint[])
                 AS e (key, kind, owner, amount)
            JOIN transfer t ON t.idempotency_key = e.key
            JOIN account a ON a.kind = e.kind AND a.owner = e.owner
            """;

    private static final String SEAL =
            """
            WITH more AS (
                SELECT ?::uuid AS batch, ?::integer AS transfers, ?::bytea AS transfers_sha256,
                       ?::bigint AS micros, ?::timestamptz AS sealed_at
            ), head AS (
                UPDATE ledger_seal_head h
                SET n = h.n + 1,
                    hash = sha256('Owlrun_ledger_v1'::bytea || h.hash || int8send(h.n + 1)
                                  || int8send(more.micros) || int4send(more.transfers)
                                  || more.transfers_sha256)
                FROM more
                RETURNING h.n, h.hash
            )
            INSERT INTO ledger_seal (n, batch, transfers, transfers_sha256, hash, sealed_at)
            SELECT head.n, batch, transfers, transfers_sha256, head.hash, sealed_at
            FROM head, more
            """;

    private static final String MOVE =
            """
            WITH more AS (
                SELECT * FROM unnest(?::text[], ?::text[], ?::bigint[]) WITH ORDINALITY
                     AS m (kind, owner, amount, place)
            ), locked AS MATERIALIZED (
                SELECT a.id, more.amount
                FROM more JOIN account a ON a.kind = more.kind AND a.owner = more.owner
                ORDER BY more.place
                FOR NO KEY UPDATE OF a
            )
            UPDATE account a SET balance_msat = a.balance_msat + locked.amount
            FROM locked
            WHERE a.id = locked.id
                AND (a.floor_msat IS NULL OR a.balance_msat + locked.amount >= a.floor_msat)
            """;

    private static final String FIND =
            """
            SELECT idempotency_key, request_sha256 FROM transfer WHERE idempotency_key = ANY (?)
            """;

    private TransferRows() {}

    /// One line of a transfer.
    private record Line(String key, Account account, Msat amount) {}

    /// Inserts the rows of transfers.
    ///
    /// @param inserted hears how many of them are new
    static void insert(
            Bundle bundle,
            List<Transfer> transfers,
            UUID batch,
            Instant postedAt,
            IntConsumer inserted) {
        bundle.update(
                INSERT_TRANSFERS,
                params ->
                        params.time(postedAt)
                                .value(batch)
                                .texts(transfers, Transfer::idempotencyKey)
                                .bytes(transfers, TransferRows::sha256)
                                .texts(transfers, Transfer::kind)
                                .texts(transfers, Transfer::reference),
                inserted);
    }

    /// Moves the amounts of transfers whose rows this transaction has inserted.
    ///
    /// @param broke runs when a floored account would go below zero, and throws
    static void move(
            Bundle bundle, List<Transfer> transfers, UUID batch, Instant postedAt, Runnable broke) {
        List<Line> lines = new ArrayList<>();
        SortedMap<Account, Msat> sums = new TreeMap<>();
        for (Transfer transfer : transfers) {
            transfer.amounts()
                    .forEach((account, amount) -> {
                        lines.add(new Line(transfer.idempotencyKey(), account, amount));
                        sums.merge(account, amount, Msat::plus);
                    });
        }
        List<Map.Entry<Account, Msat>> moves = List.copyOf(sums.entrySet());
        bundle.update(
                OPEN_ACCOUNTS,
                params ->
                        params.texts(moves, move -> move.getKey().kind().text())
                                .texts(moves, move -> move.getKey().owner())
                                .numbers(moves, move -> move.getKey().kind().floored() ? 1L : 0L));
        bundle.update(
                INSERT_ENTRIES,
                params ->
                        params.texts(lines, Line::key)
                                .texts(lines, line -> line.account().kind().text())
                                .texts(lines, line -> line.account().owner())
                                .numbers(lines, line -> line.amount().value()),
                lines.size(),
                "entries were written");
        seal(bundle, transfers, batch, postedAt);
        bundle.update(
                MOVE,
                params ->
                        params.texts(moves, move -> move.getKey().kind().text())
                                .texts(moves, move -> move.getKey().owner())
                                .numbers(moves, move -> move.getValue().value()),
                moved -> {
                    if (moved != moves.size()) {
                        broke.run();
                    }
                });
    }

    private static void seal(
            Bundle bundle, List<Transfer> transfers, UUID batch, Instant postedAt) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, postedAt);
        bundle.update(
                SEAL,
                params ->
                        params.value(batch)
                                .value(transfers.size())
                                .bytes(digest(transfers, micros))
                                .value(micros)
                                .time(postedAt),
                1,
                "seals were written");
    }

    private static byte[] digest(List<Transfer> transfers, long micros) {
        MessageDigest digest = Sha256.digest();
        transfers.stream()
                .sorted(Comparator.comparing(Transfer::idempotencyKey))
                .forEach(transfer -> {
                    byte[] key = Columns.utf8(transfer.idempotencyKey());
                    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(key.length).array());
                    digest.update(key);
                    digest.update(sha256(transfer));
                    digest.update(Columns.bytes(micros));
                });
        return digest.digest();
    }

    private static byte[] sha256(Transfer transfer) {
        return Sha256.of(transfer.canonical());
    }

    /// What the ledger has under the keys of transfers: whether it is the same.
    static Map<String, Boolean> find(Connection connection, List<Transfer> transfers)
            throws SQLException {
        Map<String, byte[]> asked = new HashMap<>();
        transfers.forEach(transfer -> asked.put(transfer.idempotencyKey(), sha256(transfer)));
        Map<String, Boolean> found = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement(FIND)) {
            query.setArray(1, Columns.texts(connection, transfers, Transfer::idempotencyKey));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    String key = rows.getString(1);
                    found.put(key, Arrays.equals(rows.getBytes(2), asked.get(key)));
                }
            }
        }
        return found;
    }

    /// A name for a batch; names made later come later in the index.
    static UUID newBatch(Instant now) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(now.toEpochMilli() << 16 | random.nextInt(1 << 16), random.nextLong());
    }
}
