package me.owlrun.gateway.account;

import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.money.Msat;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The rows of `user_account`: opening, pausing, looking up.
public final class AccountStore {

    private static final String MIGRATION = "V022__account.sql";
    private static final String LATER_MIGRATION = "V029__paused.sql";
    private static final int FOUND_MAX = 20;

    private static final String OPEN =
            """
            INSERT INTO user_account (created_at, name, referral_code) VALUES (?, ?, ?)
            RETURNING id
            """;

    private static final String CALLER =
            """
            SELECT k.account_id, k.id, k.spend_only, a.paused_at IS NOT NULL
            FROM api_key k JOIN user_account a ON a.id = k.account_id
            WHERE k.key_sha256 = ? AND k.revoked_at IS NULL
            """;

    private static final String SELECT =
            """
            SELECT id, name, created_at, paused_at IS NOT NULL, paused_reason FROM user_account
            """;

    private static final String PAUSE =
            """
            UPDATE user_account SET paused_at = ?, paused_reason = ? WHERE id = ?
            """;

    private static final String PAUSED =
            """
            SELECT id FROM user_account WHERE paused_at IS NOT NULL
            """;

    private static final String BY_PREFIX =
            """
            SELECT DISTINCT account_id FROM api_key WHERE prefix LIKE ? ESCAPE '!' LIMIT ?
            """;

    private final Database database;
    private final LedgerStore ledger;
    private final InstantSource clock;

    /// @param database where the tables lie
    /// @param ledger holds the pots
    AccountStore(Database database, LedgerStore ledger, InstantSource clock) {
        this.database = database;
        this.ledger = ledger;
        this.clock = clock;
    }

    /// The migration that adds names, limits and pauses; it follows that of [KeyStore].
    public static Migration migration() {
        return migration(MIGRATION);
    }

    /// The migration that makes paused accounts quick to find.
    public static Migration laterMigration() {
        return migration(LATER_MIGRATION);
    }

    private static Migration migration(String name) {
        InputStream sql = AccountStore.class.getResourceAsStream(name);
        return Migration.read(name, Objects.requireNonNull(sql, name));
    }

    /// An account.
    ///
    /// @param name the owner's words
    /// @param pausedReason why the operator stopped it; empty when it works
    public record Profile(long id, String name, Instant createdAt, Optional<String> pausedReason) {}

    /// Opens an account with a key that may do everything, and what it is given to begin with.
    ///
    /// @return the account
    long open(ApiKey key, String name, String referralCode, Msat credit) {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        return database.transaction(connection -> {
            long account = insert(connection, name, referralCode, now);
            var _ = KeyListStore.insert(connection, account, key, name, KeyRule.OWNER, now);
            if (credit.isPositive()) {
                ledger.post(
                        connection,
                        Transfer.moving()
                                .take(Account.CREDIT_GRANT, credit)
                                .give(Account.credit(account), credit)
                                .of("grant", Caller.accountName(account)));
            }
            return account;
        });
    }

    private static long insert(
            Connection connection, String name, String referralCode, OffsetDateTime now)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(OPEN)) {
            insert.setObject(1, now);
            insert.setString(2, name);
            insert.setString(3, referralCode);
            try (ResultSet rows = insert.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    /// Who has a key that is not revoked.
    Optional<Caller> caller(byte[] keySha256) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(CALLER)) {
                query.setBytes(1, keySha256);
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next()
                            ? Optional.of(
                                    new Caller(
                                            rows.getLong(1),
                                            rows.getObject(2, UUID.class),
                                            rows.getBoolean(3),
                                            rows.getBoolean(4)))
                            : Optional.empty();
                }
            }
        });
    }

    /// An account that exists.
    public Optional<Profile> find(long accountId) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(SELECT + "WHERE id = ?")) {
                query.setLong(1, accountId);
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next() ? Optional.of(profile(rows)) : Optional.empty();
                }
            }
        });
    }

    private static Profile profile(ResultSet rows) throws SQLException {
        return new Profile(
                rows.getLong(1),
                rows.getString(2),
                rows.getObject(3, OffsetDateTime.class).toInstant(),
                rows.getBoolean(4) ? Optional.of(rows.getString(5)) : Optional.empty());
    }

    /// Accounts with a key that begins so, some at most.
    ///
    /// @param prefix the beginning of a key as its owner is shown it
    public List<Long> withKey(String prefix) {
        String pattern = prefix.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%";
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(BY_PREFIX)) {
                query.setString(1, pattern);
                query.setInt(2, FOUND_MAX);
                try (ResultSet rows = query.executeQuery()) {
                    List<Long> accounts = new ArrayList<>();
                    while (rows.next()) {
                        accounts.add(rows.getLong(1));
                    }
                    return accounts;
                }
            }
        });
    }

    /// The accounts that are stopped.
    Set<Long> paused() {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(PAUSED);
                    ResultSet rows = query.executeQuery()) {
                Set<Long> paused = new HashSet<>();
                while (rows.next()) {
                    paused.add(rows.getLong(1));
                }
                return Set.copyOf(paused);
            }
        });
    }

    /// Stops an account, or lets it work again.
    ///
    /// @param reason why it is stopped; empty lets it work
    /// @return false when there is no such account
    public boolean pause(long accountId, Optional<String> reason) {
        Instant now = clock.instant();
        return database.transaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(PAUSE)) {
                update.setObject(1, reason.isEmpty() ? null : now.atOffset(ZoneOffset.UTC));
                update.setString(2, reason.orElse(""));
                update.setLong(3, accountId);
                return update.executeUpdate() == 1;
            }
        });
    }
}
