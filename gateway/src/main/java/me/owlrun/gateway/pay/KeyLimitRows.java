package me.owlrun.gateway.pay;

import me.owlrun.db.Bundle;
import me.owlrun.money.Msat;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
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

        /// After something that was held came back. What was held in a period that is over does not
        /// count in this one.
        Limit minus(Msat back, Instant heldAt) {
            Msat less = back.min(spent);
            return heldAt.isBefore(period)
                    ? this
                    : new Limit(limit, period, spent.minus(less), revoked);
        }
    }

    /// Reads figures of keys.
    static void read(
            Bundle bundle,
            Collection<ByteBuffer> keys,
            Instant now,
            Map<ByteBuffer, Limit> limits) {
        read(bundle, COLUMNS, keys, now, limits);
    }

    /// Reads figures of keys and locks them.
    static void lock(
            Bundle bundle,
            Collection<ByteBuffer> keys,
            Instant now,
            Map<ByteBuffer, Limit> limits) {
        read(bundle, LOCK, keys, now, limits);
    }

    private static void read(
            Bundle bundle,
            String sql,
            Collection<ByteBuffer> keys,
            Instant now,
            Map<ByteBuffer, Limit> limits) {
        bundle.query(
                sql,
                params -> params.bytes(List.copyOf(keys), ByteBuffer::array),
                rows -> {
                    while (rows.next()) {
                        limits.put(ByteBuffer.wrap(rows.getBytes(1)), limit(rows, now));
                    }
                });
    }

    private static Limit limit(ResultSet rows, Instant now) throws SQLException {
        long most = rows.getLong(2);
        Optional<Msat> limit = rows.wasNull() ? Optional.empty() : Optional.of(Msat.of(most));
        Instant period = periodOf(rows.getString(3), now);
        OffsetDateTime before = rows.getObject(4, OffsetDateTime.class);
        boolean fresh = before != null && before.toInstant().isBefore(period);
        return new Limit(
                limit, period, fresh ? Msat.ZERO : Msat.of(rows.getLong(5)), rows.getBoolean(6));
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
    static void write(Bundle bundle, Map<ByteBuffer, Limit> limits) {
        if (limits.isEmpty()) {
            return;
        }
        List<Map.Entry<ByteBuffer, Limit>> rows = List.copyOf(limits.entrySet());
        bundle.update(
                SPEND,
                params ->
                        params.bytes(rows, r -> r.getKey().array())
                                .numbers(rows, r -> r.getValue().spent().value())
                                .times(rows, r -> r.getValue().period()));
    }
}
