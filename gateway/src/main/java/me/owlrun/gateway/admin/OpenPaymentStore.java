package me.owlrun.gateway.admin;

import me.owlrun.db.Database;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Looks at the payments that are neither settled nor refunded, and at change that waits for the
/// mint.
public final class OpenPaymentStore implements StuckMoney {

    private static final int LIST_MAX = 500;

    private static final String STUCK =
            """
            SELECT p.id, p.state, p.paid_msat, p.created_at, p.next_attempt_at,
                format('paid in %s, held by boot %s, claim at the mint %s',
                    p.unit, p.owner_boot, o.state) AS evidence
            FROM payment p LEFT JOIN mint_operation o ON o.payment_id = p.id
            WHERE p.state IN ('intent', 'claimed') AND p.created_at < ?
            UNION ALL
            SELECT c.id, c.state, c.held_sats_msat + c.held_credit_msat, c.created_at,
                c.created_at, format('by key, held by boot %s', c.owner_boot)
            FROM charge c WHERE c.state = 'held' AND c.created_at < ?
            UNION ALL
            SELECT p.id, 'change_due', p.change_msat, o.created_at, o.next_attempt_at,
                format('change in %s for blank outputs, held by boot %s', o.unit, o.owner_boot)
            FROM mint_operation o JOIN payment p ON p.id = o.change_of
            WHERE o.purpose = 'change' AND o.state = 'pending' AND o.created_at < ?
            ORDER BY created_at LIMIT ?
            """;

    private static final String OPEN =
            """
            SELECT state, count(*) AS payments, min(created_at) AS oldest
            FROM payment WHERE state IN ('intent', 'claimed') GROUP BY state
            """;

    private static final String FREE_KITS =
            """
            SELECT count(*) FROM kit WHERE state = 'free'
            """;

    private static final String RETRY =
            """
            WITH claims AS (
                UPDATE payment SET next_attempt_at = ?
                WHERE id = ? AND state IN ('intent', 'claimed')
                RETURNING 1
            ), changes AS (
                UPDATE mint_operation SET next_attempt_at = ?
                WHERE change_of = ? AND purpose = 'change' AND state = 'pending'
                RETURNING 1
            )
            SELECT (SELECT count(*) FROM claims) + (SELECT count(*) FROM changes)
            """;

    private final Database database;
    private final InstantSource clock;
    private final Duration stuckAfter;

    /// @param stuckAfter how long a payment may be open
    public OpenPaymentStore(Database database, InstantSource clock, Duration stuckAfter) {
        this.database = database;
        this.clock = clock;
        this.stuckAfter = stuckAfter;
    }

    /// Open payments of one state.
    ///
    /// @param count how many
    /// @param oldestSince when the oldest began
    public record Open(long count, Optional<Instant> oldestSince) {}

    /// How many payments are open, by state.
    public Map<String, Open> open() {
        return database.read(connection -> {
            Map<String, Open> byState = new TreeMap<>();
            byState.put("intent", new Open(0, Optional.empty()));
            byState.put("claimed", new Open(0, Optional.empty()));
            try (PreparedStatement query = connection.prepareStatement(OPEN);
                    ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    byState.put(
                            rows.getString("state"),
                            new Open(
                                    rows.getLong("payments"),
                                    Optional.of(instant(rows, "oldest"))));
                }
            }
            return byState;
        });
    }

    /// How many sets of small coins are ready.
    public long freeKits() {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(FREE_KITS);
                    ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Override
    public List<Stuck> list() {
        Instant before = clock.instant().minus(stuckAfter);
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(STUCK)) {
                query.setObject(1, before.atOffset(ZoneOffset.UTC));
                query.setObject(2, before.atOffset(ZoneOffset.UTC));
                query.setObject(3, before.atOffset(ZoneOffset.UTC));
                query.setInt(4, LIST_MAX);
                List<Stuck> found = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        found.add(stuck(rows));
                    }
                }
                return found;
            }
        });
    }

    private static Stuck stuck(ResultSet rows) throws SQLException {
        return new Stuck(
                rows.getString("id"),
                "payment",
                rows.getString("state"),
                rows.getLong("paid_msat"),
                instant(rows, "created_at"),
                instant(rows, "next_attempt_at"),
                rows.getString("evidence"));
    }

    private static Instant instant(ResultSet rows, String column) throws SQLException {
        return rows.getObject(column, OffsetDateTime.class).toInstant();
    }

    @Override
    public boolean retryNow(String id) {
        Instant now = clock.instant();
        return database.transaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(RETRY)) {
                update.setObject(1, now.atOffset(ZoneOffset.UTC));
                update.setString(2, id);
                update.setObject(3, now.atOffset(ZoneOffset.UTC));
                update.setString(4, id);
                try (ResultSet row = update.executeQuery()) {
                    row.next();
                    return row.getLong(1) > 0;
                }
            }
        });
    }
}
