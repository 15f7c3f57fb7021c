package me.owlrun.gateway.admin;

import me.owlrun.db.Database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Adds up the ledger. Sums of older transfers are kept in `flow_total`, so that only the newest
/// are added; every result is held against the balances of the same moment, and made anew from the
/// first transfer when it does not agree with them.
public final class TotalStore {

    /// How old a transfer is before it goes into the kept sums; by then its transaction is over.
    private static final Duration KEEP_AFTER = Duration.ofSeconds(60);

    private static final String THROUGH =
            """
            SELECT transfer_id FROM flow_through WHERE id = 1
            """;

    private static final String KEPT =
            """
            SELECT event, kind, transfers, msat FROM flow_total
            """;

    private static final String NEWER =
            """
            SELECT t.kind AS event, a.kind AS kind, count(*) AS transfers,
                sum(e.amount_msat) AS msat
            FROM transfer t
            JOIN entry e ON e.transfer_id = t.id
            JOIN account a ON a.id = e.account_id
            WHERE t.id > ? AND t.id <= ?
            GROUP BY t.kind, a.kind
            """;

    private static final String BALANCES =
            """
            SELECT kind, sum(balance_msat) AS msat, bool_and(floor_msat IS NOT NULL) AS floored
            FROM account GROUP BY kind
            """;

    private static final String LOCK = THROUGH.stripTrailing() + " FOR UPDATE";

    private static final String NEWEST_OLD =
            """
            SELECT max(id) AS id FROM transfer WHERE id > ? AND posted_at < ?
            """;

    private static final String KEEP =
            """
            INSERT INTO flow_total (event, kind, transfers, msat) VALUES (?, ?, ?, ?)
            ON CONFLICT (event, kind) DO UPDATE SET
                transfers = flow_total.transfers + excluded.transfers,
                msat = flow_total.msat + excluded.msat
            """;

    private static final String SET_THROUGH =
            """
            UPDATE flow_through SET transfer_id = ? WHERE id = 1
            """;

    private static final String FORGET =
            """
            WITH gone AS (DELETE FROM flow_total) UPDATE flow_through SET transfer_id = 0
            """;

    private static final String WORK =
            """
            SELECT coalesce(sum(jobs), 0) AS jobs, coalesce(sum(tokens), 0) AS tokens,
                coalesce(sum(earned_msat), 0) AS earned_msat,
                (SELECT coalesce(sum(k.jobs), 0) FROM karma_day k) AS free_jobs,
                (SELECT coalesce(sum(k.tokens), 0) FROM karma_day k) AS free_tokens
            FROM provider_day
            """;

    private final Database database;

    /// @param database where the ledger lies
    public TotalStore(Database database) {
        this.database = database;
    }

    /// Adds up everything.
    Totals read(Instant now) {
        keep(now);
        Totals totals = database.snapshot(connection -> totals(connection, now));
        if (!totals.agrees()) {
            database.inTransaction(connection -> {
                try (PreparedStatement forget = connection.prepareStatement(FORGET)) {
                    forget.execute();
                }
            });
            totals = database.snapshot(connection -> totals(connection, now));
        }
        return totals;
    }

    private static Totals totals(Connection connection, Instant now) throws SQLException {
        Map<Totals.Flow, Totals.Sum> sums = new TreeMap<>();
        try (PreparedStatement query = connection.prepareStatement(KEPT);
                ResultSet rows = query.executeQuery()) {
            addTo(sums, rows);
        }
        newer(connection, through(connection, THROUGH), Long.MAX_VALUE)
                .forEach((flow, sum) -> sums.merge(flow, sum, Totals.Sum::plus));
        List<Totals.Balance> balances = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(BALANCES);
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                balances.add(
                        new Totals.Balance(
                                rows.getString("kind"),
                                rows.getLong("msat"),
                                rows.getBoolean("floored")));
            }
        }
        try (PreparedStatement query = connection.prepareStatement(WORK);
                ResultSet row = query.executeQuery()) {
            row.next();
            return new Totals(
                    now,
                    sums,
                    balances,
                    row.getLong("jobs"),
                    row.getLong("tokens"),
                    row.getLong("earned_msat"),
                    row.getLong("free_jobs"),
                    row.getLong("free_tokens"));
        }
    }

    private static long through(Connection connection, String sql) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet row = query.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static Map<Totals.Flow, Totals.Sum> newer(Connection connection, long after, long to)
            throws SQLException {
        Map<Totals.Flow, Totals.Sum> sums = new TreeMap<>();
        try (PreparedStatement query = connection.prepareStatement(NEWER)) {
            query.setLong(1, after);
            query.setLong(2, to);
            try (ResultSet rows = query.executeQuery()) {
                addTo(sums, rows);
            }
        }
        return sums;
    }

    private static void addTo(Map<Totals.Flow, Totals.Sum> sums, ResultSet rows)
            throws SQLException {
        while (rows.next()) {
            sums.merge(
                    new Totals.Flow(rows.getString("event"), rows.getString("kind")),
                    new Totals.Sum(rows.getLong("transfers"), rows.getLong("msat")),
                    Totals.Sum::plus);
        }
    }

    /// Puts the sums of what is old enough aside.
    private void keep(Instant now) {
        database.inTransaction(connection -> {
            long through = through(connection, LOCK);
            Optional<Long> to = newestOld(connection, through, now.minus(KEEP_AFTER));
            if (to.isEmpty()) {
                return;
            }
            try (PreparedStatement insert = connection.prepareStatement(KEEP)) {
                for (var flow : newer(connection, through, to.get()).entrySet()) {
                    insert.setString(1, flow.getKey().event());
                    insert.setString(2, flow.getKey().kind());
                    insert.setLong(3, flow.getValue().transfers());
                    insert.setLong(4, flow.getValue().msat());
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            try (PreparedStatement update = connection.prepareStatement(SET_THROUGH)) {
                update.setLong(1, to.get());
                update.executeUpdate();
            }
        });
    }

    private static Optional<Long> newestOld(Connection connection, long after, Instant before)
            throws SQLException {
        OffsetDateTime moment = before.atOffset(ZoneOffset.UTC);
        try (PreparedStatement query = connection.prepareStatement(NEWEST_OLD)) {
            query.setLong(1, after);
            query.setObject(2, moment);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                long id = row.getLong("id");
                return row.wasNull() ? Optional.empty() : Optional.of(id);
            }
        }
    }
}
