package me.owlrun.gateway.account;

import me.owlrun.db.Database;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The keys of an account as its owner manages them. Changes of one account's keys happen one after
/// the other, so that of two that would end the last key one is refused.
final class KeyListStore {

    private static final String LOCK_ACCOUNT =
            """
            SELECT 1 FROM user_account WHERE id = ? FOR UPDATE
            """;

    private static final String INSERT =
            """
            INSERT INTO api_key (key_sha256, account_id, kind, name, prefix, spend_limit_msat,
                limit_period, spend_only, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            RETURNING id
            """;

    private static final String SELECT =
            """
            SELECT id, kind, name, prefix, spend_only, spend_limit_msat, limit_period,
                CASE WHEN limit_period = 'total' OR period_started_at IS NULL
                        OR period_started_at >= date_trunc(limit_period, ?::timestamptz, 'UTC')
                    THEN spent_msat ELSE 0 END,
                created_at, revoked_at
            FROM api_key WHERE account_id = ?
            """;

    private static final String COUNT =
            """
            SELECT count(*) FILTER (WHERE NOT spend_only), count(*)
            FROM api_key WHERE account_id = ? AND revoked_at IS NULL
            """;

    private static final String CHANGE =
            """
            UPDATE api_key SET name = ?, spend_limit_msat = ?, limit_period = ? WHERE id = ?
            """;

    private static final String REVOKE =
            """
            UPDATE api_key SET revoked_at = ? WHERE id = ?
            """;

    private final Database database;
    private final InstantSource clock;

    KeyListStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /// What a change of keys gives.
    sealed interface Outcome {

        /// Done.
        ///
        /// @param key as it is now
        record Done(KeyInfo key) implements Outcome {}

        /// The account has no such key that still works.
        record Unknown() implements Outcome {}

        /// The account has as many keys as it may have.
        record TooMany() implements Outcome {}

        /// It is the last one that may do everything.
        record Last() implements Outcome {}

        /// More than the new limit is spent already.
        ///
        /// @param spent in the period
        record Spent(Msat spent) implements Outcome {}
    }

    /// Writes a new key down; returns its public name.
    static UUID insert(
            Connection connection,
            long accountId,
            ApiKey key,
            String name,
            KeyRule rule,
            OffsetDateTime now)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setBytes(1, key.sha256());
            insert.setLong(2, accountId);
            insert.setString(3, key.kind().text());
            insert.setString(4, name);
            insert.setString(5, key.shown());
            insert.setObject(6, rule.limit().map(Msat::value).orElse(null), Types.BIGINT);
            insert.setString(7, rule.period());
            insert.setBoolean(8, rule.spendOnly());
            insert.setObject(9, now);
            try (ResultSet rows = insert.executeQuery()) {
                rows.next();
                return rows.getObject(1, UUID.class);
            }
        }
    }

    /// All keys of an account, the newest first.
    List<KeyInfo> list(long accountId) {
        return database.transaction(connection -> select(connection, accountId, Optional.empty()));
    }

    private List<KeyInfo> select(Connection connection, long accountId, Optional<UUID> id)
            throws SQLException {
        String which = id.isPresent() ? "AND id = ?" : "ORDER BY created_at DESC, id";
        try (PreparedStatement query = connection.prepareStatement(SELECT + which)) {
            query.setObject(1, now());
            query.setLong(2, accountId);
            if (id.isPresent()) {
                query.setObject(3, id.get());
            }
            try (ResultSet rows = query.executeQuery()) {
                List<KeyInfo> keys = new ArrayList<>();
                while (rows.next()) {
                    keys.add(key(rows));
                }
                return keys;
            }
        }
    }

    private static KeyInfo key(ResultSet rows) throws SQLException {
        Optional<Long> limit = Optional.ofNullable(rows.getObject(6, Long.class));
        return new KeyInfo(
                rows.getObject(1, UUID.class),
                rows.getString(2),
                rows.getString(3),
                rows.getString(4),
                new KeyRule(rows.getBoolean(5), limit.map(Msat::of), rows.getString(7)),
                Msat.of(rows.getLong(8)),
                rows.getObject(9, OffsetDateTime.class).toInstant(),
                Optional.ofNullable(rows.getObject(10, OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant));
    }

    /// Adds a key.
    ///
    /// @param keysMax keys an account may have
    Outcome add(long accountId, ApiKey key, String name, KeyRule rule, long keysMax) {
        return database.transaction(connection -> {
            lock(connection, accountId);
            if (count(connection, accountId).all >= keysMax) {
                return new Outcome.TooMany();
            }
            UUID id = insert(connection, accountId, key, name, rule, now());
            return done(connection, accountId, id);
        });
    }

    /// What shall become of a key; what is absent stays.
    ///
    /// @param limit a new limit; present and empty takes the limit away
    record Change(Optional<String> name, Optional<Optional<Msat>> limit, Optional<String> period) {}

    /// Changes a key's name or limit.
    Outcome change(long accountId, UUID id, Change change) {
        return database.transaction(connection -> {
            lock(connection, accountId);
            Optional<KeyInfo> key = working(connection, accountId, id);
            if (key.isEmpty()) {
                return new Outcome.Unknown();
            }
            KeyRule old = key.get().rule();
            Optional<Msat> limit = change.limit.orElse(old.limit());
            String period = change.period.orElse(old.period());
            boolean countsOn = period.equals(old.period()) || period.equals(KeyRule.TOTAL);
            Msat spent = countsOn ? key.get().spent() : Msat.ZERO;
            if (limit.isPresent() && spent.compareTo(limit.get()) > 0) {
                return new Outcome.Spent(spent);
            }
            try (PreparedStatement update = connection.prepareStatement(CHANGE)) {
                update.setString(1, change.name.orElse(key.get().name()));
                update.setObject(2, limit.map(Msat::value).orElse(null), Types.BIGINT);
                update.setString(3, period);
                update.setObject(4, id);
                update.executeUpdate();
            }
            return done(connection, accountId, id);
        });
    }

    /// Ends a key.
    ///
    /// @param force also the last one that may do everything
    Outcome revoke(long accountId, UUID id, boolean force) {
        return database.transaction(connection -> {
            lock(connection, accountId);
            Optional<KeyInfo> key = working(connection, accountId, id);
            if (key.isEmpty()) {
                return new Outcome.Unknown();
            }
            boolean owner = !key.get().rule().spendOnly();
            if (owner && !force && count(connection, accountId).owners == 1) {
                return new Outcome.Last();
            }
            try (PreparedStatement update = connection.prepareStatement(REVOKE)) {
                update.setObject(1, now());
                update.setObject(2, id);
                update.executeUpdate();
            }
            return done(connection, accountId, id);
        });
    }

    private Outcome done(Connection connection, long accountId, UUID id) throws SQLException {
        return new Outcome.Done(select(connection, accountId, Optional.of(id)).getFirst());
    }

    private Optional<KeyInfo> working(Connection connection, long accountId, UUID id)
            throws SQLException {
        return select(connection, accountId, Optional.of(id)).stream()
                .filter(key -> key.revokedAt().isEmpty())
                .findFirst();
    }

    private static void lock(Connection connection, long accountId) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(LOCK_ACCOUNT)) {
            query.setLong(1, accountId);
            query.execute();
        }
    }

    /// Keys that work.
    private record Count(long owners, long all) {}

    private static Count count(Connection connection, long accountId) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COUNT)) {
            query.setLong(1, accountId);
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return new Count(rows.getLong(1), rows.getLong(2));
            }
        }
    }

    private OffsetDateTime now() {
        Instant now = clock.instant();
        return now.atOffset(ZoneOffset.UTC);
    }
}
