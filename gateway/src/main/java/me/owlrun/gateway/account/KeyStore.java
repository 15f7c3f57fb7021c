package me.owlrun.gateway.account;

import me.owlrun.db.Migration;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;

/// The rows of `user_account` and `api_key`. Every method runs inside the caller's transaction.
public final class KeyStore {

    private static final String MIGRATION = "V014__accounts.sql";

    private static final String FIND =
            """
            SELECT account_id FROM api_key
            WHERE key_sha256 = ? AND kind = ? AND revoked_at IS NULL AND NOT spend_only
            """;

    private static final String IS_PAUSED =
            """
            SELECT 1 FROM api_key k JOIN user_account a ON a.id = k.account_id
            WHERE k.key_sha256 = ? AND k.revoked_at IS NULL AND a.paused_at IS NOT NULL
            """;

    private static final String OPEN =
            """
            INSERT INTO user_account (created_at) VALUES (?) RETURNING id
            """;

    private static final String CLOSE_UNUSED =
            """
            DELETE FROM user_account WHERE id = ?
            """;

    private static final String ADD =
            """
            INSERT INTO api_key (key_sha256, account_id, kind, created_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (key_sha256) DO NOTHING
            """;

    /// What a key is for.
    public enum Kind {
        /// `owlr_prov_…`: runs nodes.
        PROVIDER,
        /// `owlr_buy_…`: pays for jobs.
        BUYER;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The migration that makes the tables; it follows that of the nodes.
    public static Migration migration() {
        InputStream sql = KeyStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// The account behind a key that may do everything: not revoked, and not for spending only.
    ///
    /// @param sha256 the key's hash
    public OptionalLong find(Connection connection, Kind kind, byte[] sha256) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FIND)) {
            query.setBytes(1, sha256);
            query.setString(2, kind.text());
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    /// Whether the operator has paused the account of a key.
    ///
    /// @param sha256 the key's hash
    public boolean isPaused(Connection connection, byte[] sha256) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(IS_PAUSED)) {
            query.setBytes(1, sha256);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    /// The account behind a key, opened now when the key is new; empty when it was revoked.
    ///
    /// @param sha256 the key's hash
    public OptionalLong findOrOpen(
            Connection connection, Kind kind, byte[] sha256, OffsetDateTime now)
            throws SQLException {
        OptionalLong known = find(connection, kind, sha256);
        if (known.isPresent()) {
            return known;
        }
        long account = open(connection, now);
        if (add(connection, account, kind, sha256, now)) {
            return OptionalLong.of(account);
        }
        try (PreparedStatement delete = connection.prepareStatement(CLOSE_UNUSED)) {
            delete.setLong(1, account);
            delete.executeUpdate();
        }
        return find(connection, kind, sha256);
    }

    private static long open(Connection connection, OffsetDateTime now) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(OPEN)) {
            insert.setObject(1, now);
            try (ResultSet rows = insert.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private static boolean add(
            Connection connection, long account, Kind kind, byte[] sha256, OffsetDateTime now)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(ADD)) {
            insert.setBytes(1, sha256);
            insert.setLong(2, account);
            insert.setString(3, kind.text());
            insert.setObject(4, now);
            return insert.executeUpdate() == 1;
        }
    }
}
