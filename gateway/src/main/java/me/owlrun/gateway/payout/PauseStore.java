package me.owlrun.gateway.payout;

import me.owlrun.db.Database;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/// The rows of `payout_pause`: why no new payouts are sent, for all gateways and over restarts.
/// What is under way is always finished.
final class PauseStore {

    private static final String PAUSE =
            """
            INSERT INTO payout_pause (kind, reason, since, ends_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (kind) DO UPDATE SET
                reason = excluded.reason, ends_at = excluded.ends_at
            """;

    private static final String RESUME = "DELETE FROM payout_pause WHERE kind = ?";

    private static final String REASON =
            """
            SELECT reason FROM payout_pause WHERE ends_at IS NULL OR ends_at > ?
            ORDER BY kind DESC LIMIT 1
            """;

    private static final String UNKNOWN =
            """
            SELECT count(*) FROM payout WHERE state IN ('sent', 'unknown', 'recalling')
                AND created_at < ?
            """;

    /// A payout that is open for longer counts as one whose end is not known.
    private static final Duration LONG = Duration.ofMinutes(15);

    private final Database database;
    private final InstantSource clock;
    private final long unknownMax;
    private final Supplier<Optional<String>> stopped;

    /// @param stopped why others want no payouts, if they do
    /// @param unknownMax payouts without a known end before no more are sent
    PauseStore(
            Database database,
            InstantSource clock,
            long unknownMax,
            Supplier<Optional<String>> stopped) {
        this.stopped = stopped;
        this.database = database;
        this.clock = clock;
        this.unknownMax = unknownMax;
    }

    /// Who stopped payouts.
    enum Kind {
        /// The operator.
        OPERATOR,
        /// An audit that found something.
        AUDIT,
        /// The gateway, because the mint or the vault cannot pay.
        BREAKER
    }

    void pause(Kind kind, String reason, Optional<Duration> length) {
        database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(PAUSE)) {
                insert.setString(1, kind.name().toLowerCase(Locale.ROOT));
                insert.setString(2, reason);
                insert.setObject(3, clock.instant().atOffset(ZoneOffset.UTC));
                insert.setObject(
                        4,
                        length.map(time -> clock.instant().plus(time).atOffset(ZoneOffset.UTC))
                                .orElse(null));
                insert.executeUpdate();
            }
        });
    }

    void resume(Kind kind) {
        database.inTransaction(connection -> {
            try (PreparedStatement delete = connection.prepareStatement(RESUME)) {
                delete.setString(1, kind.name().toLowerCase(Locale.ROOT));
                delete.executeUpdate();
            }
        });
    }

    /// Why no new payouts are sent, if none are.
    Optional<String> reason() {
        return stopped.get().or(this::ownReason);
    }

    /// The same without what others want.
    Optional<String> ownReason() {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(REASON)) {
                query.setObject(1, clock.instant().atOffset(ZoneOffset.UTC));
                try (ResultSet row = query.executeQuery()) {
                    if (row.next()) {
                        return Optional.of(row.getString(1));
                    }
                }
            }
            try (PreparedStatement query = connection.prepareStatement(UNKNOWN)) {
                query.setObject(1, clock.instant().minus(LONG).atOffset(ZoneOffset.UTC));
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return row.getLong(1) > unknownMax
                            ? Optional.of("too many payouts whose end is not known")
                            : Optional.empty();
                }
            }
        });
    }
}
