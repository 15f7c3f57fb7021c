package me.owlrun.gateway.pay;

import me.owlrun.db.Columns;
import me.owlrun.money.Msat;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What keys may spend and have spent: columns of `api_key`. Held money counts as spent until it
/// comes back, so that requests at the same time cannot pass a limit together.
final class KeyLimitRows {

    private static final String COLUMNS =
            """
            SELECT key_sha256, spend_limit_msat, limit_period, period_started_at, spent_msat,
                revoked_at IS NOT NULL
            FROM api_key WHERE key_sha256 = ANY (?)
            """;

    private static final String LOCK = COLUMNS + "ORDER BY key_sha256 FOR NO KEY UPDATE";

    private static final String SPEND =
            """
            UPDATE api_key k SET spent_msat = t.spent, period_started_at = t.period
            FROM unnest(?::bytea[], ?::bigint[], ?::timestamptz[]) AS t (key, spent, period)
            WHERE k.key_sha256 = t.key
            """;

    /// Money that was held in a period that is over does not count in this one.
    private static final String GIVE_BACK =
            """
            UPDATE api_key k SET spent_msat = greatest(k.spent_msat - t.back, 0)
            FROM (
                SELECT b.key, sum(b.back)::bigint AS back
                FROM unnest(?::bytea[], ?::bigint[], ?::timestamptz[]) AS b (key, back, held_at)
                    JOIN api_key a ON a.key_sha256 = b.key
                WHERE a.period_started_at IS NULL OR a.period_started_at <= b.held_at
                GROUP BY b.key) t
            WHERE k.key_sha256 = t.key
            """;

    private KeyLimitRows() {}

    /// One key's figures now: in a new period nothing is spent.
    ///
    /// @param limit what it may spend in a period
    /// @param period when the period began; the epoch for one that never ends
    record Limit(Optional<Msat> limit, Instant period, Msat spent, boolean revoked) {

        /// What it may still spend; empty for any amount.
        Optional<Msat> left() {
            return revoked ? Optional.of(Msat.ZERO) : limit.map(most -> most.minus(spent));
        }

        Limit plus(Msat more) {
            return new Limit(limit, period, spent.plus(more), revoked);
        }
    }

    /// Reads figures of keys.
    static Map<ByteBuffer, Limit> read(Connection c, Collection<ByteBuffer> keys, Instant now)
            throws SQLException {
        return read(c, COLUMNS, keys, now);
    }

    /// Reads figures of keys and locks them.
    static Map<ByteBuffer, Limit> lock(Connection c, Collection<ByteBuffer> keys, Instant now)
            throws SQLException {
        return read(c, LOCK, keys, now);
    }

    private static Map<ByteBuffer, Limit> read(
            Connection c, String sql, Collection<ByteBuffer> keys, Instant now)
            throws SQLException {
        Map<ByteBuffer, Limit> limits = new HashMap<>();
        try (PreparedStatement query = c.prepareStatement(sql)) {
            query.setArray(1, Columns.bytes(c, List.copyOf(keys), ByteBuffer::array));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    long most = rows.getLong(2);
                    Optional<Msat> limit =
                            rows.wasNull() ? Optional.empty() : Optional.of(Msat.of(most));
                    Instant period = periodOf(rows.getString(3), now);
                    OffsetDateTime before = rows.getObject(4, OffsetDateTime.class);
                    boolean fresh = before != null && before.toInstant().isBefore(period);
                    limits.put(
                            ByteBuffer.wrap(rows.getBytes(1)),
                            new Limit(
                                    limit,
                                    period,
                                    fresh ? Msat.ZERO : Msat.of(rows.getLong(5)),
                                    rows.getBoolean(6)));
                }
            }
        }
        return limits;
    }

    private static Instant periodOf(String period, Instant now) {
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        return switch (period) {
            case "day" -> today.atStartOfDay(ZoneOffset.UTC).toInstant();
            case "month" -> today.withDayOfMonth(1).atStartOfDay(ZoneOffset.UTC).toInstant();
            default -> Instant.EPOCH;
        };
    }

    /// Writes figures of keys that are locked.
    static void spend(Connection c, Map<ByteBuffer, Limit> limits) throws SQLException {
        List<Map.Entry<ByteBuffer, Limit>> rows = List.copyOf(limits.entrySet());
        try (PreparedStatement update = c.prepareStatement(SPEND)) {
            update.setArray(1, Columns.bytes(c, rows, r -> r.getKey().array()));
            update.setArray(2, Columns.numbers(c, rows, r -> r.getValue().spent().value()));
            update.setArray(3, Columns.times(c, rows, r -> r.getValue().period()));
            update.executeUpdate();
        }
    }

    /// Takes what was held and not spent out of what keys have spent.
    static void giveBack(Connection c, List<ChargeRows.Closed> rows) throws SQLException {
        try (PreparedStatement update = c.prepareStatement(GIVE_BACK)) {
            update.setArray(1, Columns.bytes(c, rows, r -> r.open().key().array()));
            update.setArray(
                    2,
                    Columns.numbers(c, rows, r -> r.open().held().minus(r.cost()).sum().value()));
            update.setArray(3, Columns.times(c, rows, r -> r.open().createdAt()));
            update.executeUpdate();
        }
    }
}
