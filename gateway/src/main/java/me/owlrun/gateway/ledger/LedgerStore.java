package me.owlrun.gateway.ledger;

import me.owlrun.db.Migration;
import me.owlrun.hash.Sha256;
import me.owlrun.money.Msat;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The one component that moves money between accounts. Every method runs inside the caller's
/// transaction, so that a transfer and what it stands for happen together or not at all.
///
/// Rows of `account` are locked in the order of [Account], so no two transfers can deadlock. Call
/// [#post] last in a transaction: the busiest rows are then locked only for the commit.
public final class LedgerStore {

    private static final String MIGRATION = "V010__ledger.sql";

    private static final String INSERT_TRANSFER =
            """
            INSERT INTO transfer (idempotency_key, request_sha256, kind, reference, posted_at)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (idempotency_key) DO NOTHING
            RETURNING id
            """;

    private static final String FIND_TRANSFER =
            """
            SELECT request_sha256 FROM transfer WHERE idempotency_key = ?
            """;

    private static final String OPEN_ACCOUNT =
            """
            INSERT INTO account (kind, owner, floor_msat) VALUES (?, ?, ?)
            ON CONFLICT (kind, owner) DO NOTHING
            """;

    private static final String MOVE =
            """
            UPDATE account SET balance_msat = balance_msat + ?
            WHERE kind = ? AND owner = ?
                AND (floor_msat IS NULL OR balance_msat + ? >= floor_msat)
            RETURNING id
            """;

    private static final String INSERT_ENTRY =
            """
            INSERT INTO entry (transfer_id, account_id, amount_msat) VALUES (?, ?, ?)
            """;

    private static final String BALANCE =
            """
            SELECT balance_msat FROM account WHERE kind = ? AND owner = ?
            """;

    private final InstantSource clock;

    /// @param clock gives the time a transfer is dated with
    public LedgerStore(InstantSource clock) {
        this.clock = clock;
    }

    /// The migration that makes the tables.
    public static Migration migration() {
        InputStream sql = LedgerStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// Makes a transfer; the same one a second time changes nothing.
    ///
    /// @throws LedgerException when a floored account would go below zero, or the same key was used
    ///   for something else
    public void post(Connection connection, Transfer transfer) throws SQLException {
        byte[] sha256 = Sha256.of(transfer.canonical());
        Optional<Long> id = insertTransfer(connection, transfer, sha256);
        if (id.isEmpty()) {
            requireSame(connection, transfer, sha256);
            return;
        }
        for (Map.Entry<Account, Msat> amount : transfer.amounts().entrySet()) {
            long account = move(connection, transfer, amount.getKey(), amount.getValue());
            insertEntry(connection, id.get(), account, amount.getValue());
        }
    }

    /// The balance of an account; zero when it was never used.
    public Msat balance(Connection connection, Account account) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(BALANCE)) {
            query.setString(1, account.kind().text());
            query.setString(2, account.owner());
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? Msat.of(rows.getLong(1)) : Msat.ZERO;
            }
        }
    }

    private Optional<Long> insertTransfer(Connection connection, Transfer transfer, byte[] sha256)
            throws SQLException {
        Instant now = clock.instant();
        try (PreparedStatement insert = connection.prepareStatement(INSERT_TRANSFER)) {
            insert.setString(1, transfer.idempotencyKey());
            insert.setBytes(2, sha256);
            insert.setString(3, transfer.kind());
            insert.setString(4, transfer.reference());
            insert.setObject(5, now.atOffset(ZoneOffset.UTC));
            try (ResultSet rows = insert.executeQuery()) {
                return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
            }
        }
    }

    private static void requireSame(Connection connection, Transfer transfer, byte[] sha256)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FIND_TRANSFER)) {
            query.setString(1, transfer.idempotencyKey());
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next() || !Arrays.equals(rows.getBytes(1), sha256)) {
                    throw new LedgerException(
                            "transfer %s was posted before with other amounts"
                                    .formatted(transfer.idempotencyKey()));
                }
            }
        }
    }

    private static long move(Connection connection, Transfer transfer, Account account, Msat amount)
            throws SQLException {
        Optional<Long> id = add(connection, account, amount);
        if (id.isEmpty()) {
            openIfNew(connection, account);
            id = add(connection, account, amount);
        }
        return id.orElseThrow(() ->
                new LedgerException(
                        "transfer %s would take %s below zero"
                                .formatted(transfer.idempotencyKey(), account)));
    }

    private static Optional<Long> add(Connection connection, Account account, Msat amount)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(MOVE)) {
            update.setLong(1, amount.value());
            update.setString(2, account.kind().text());
            update.setString(3, account.owner());
            update.setLong(4, amount.value());
            try (ResultSet rows = update.executeQuery()) {
                return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
            }
        }
    }

    private static void openIfNew(Connection connection, Account account) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(OPEN_ACCOUNT)) {
            insert.setString(1, account.kind().text());
            insert.setString(2, account.owner());
            insert.setObject(3, account.kind().floored() ? 0L : null, Types.BIGINT);
            insert.executeUpdate();
        }
    }

    private static void insertEntry(Connection connection, long transfer, long account, Msat amount)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_ENTRY)) {
            insert.setLong(1, transfer);
            insert.setLong(2, account);
            insert.setLong(3, amount.value());
            insert.executeUpdate();
        }
    }
}
