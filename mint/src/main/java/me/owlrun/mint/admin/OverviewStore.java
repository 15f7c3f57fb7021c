package me.owlrun.mint.admin;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.db.Database;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Reads the payments under way from the tables of the feature that makes them.
public final class OverviewStore implements Melts {

    private static final String PING = "SELECT 1";

    private static final String PENDING =
            """
            SELECT count(*) AS pending, min(created_at) AS oldest
            FROM melt_attempt WHERE state = 'PENDING'
            """;

    private static final String BEGUN_BEFORE =
            """
            SELECT a.id, a.quote_id, q.unit, q.amount, q.fee_reserve, a.input_amount,
                   a.payment_hash, a.created_at, a.checks, a.lease_until,
                   concat_ws('; ',
                       'node ' || a.node_id,
                       'sent ' || a.sends || ' times',
                       'answer to paying: ' || a.answer,
                       'last look-up: ' || a.outcome || ' at ' || a.outcome_at,
                       'first seen failed at ' || a.failed_at) AS evidence
            FROM melt_attempt a JOIN melt_quote q ON q.id = a.quote_id
            WHERE a.state = 'PENDING' AND a.created_at < ?
            ORDER BY a.created_at
            LIMIT 1000
            """;

    private final Database database;

    /// @param database what is read
    public OverviewStore(Database database) {
        this.database = database;
    }

    /// Whether the database answers; throws when it does not.
    public boolean ping() {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(PING);
                    ResultSet row = query.executeQuery()) {
                return row.next();
            }
        });
    }

    @Override
    public Pending pending() {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(PENDING);
                    ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("an aggregate gives one row");
                }
                OffsetDateTime oldest = row.getObject("oldest", OffsetDateTime.class);
                return new Pending(
                        row.getLong("pending"),
                        Optional.ofNullable(oldest).map(OffsetDateTime::toInstant));
            }
        });
    }

    @Override
    public List<Stuck> begunBefore(Instant moment) {
        return database.transaction(connection -> {
            List<Stuck> stuck = new ArrayList<>();
            try (PreparedStatement query = connection.prepareStatement(BEGUN_BEFORE)) {
                query.setObject(1, moment.atOffset(ZoneOffset.UTC));
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        stuck.add(stuck(row));
                    }
                }
            }
            return stuck;
        });
    }

    private static Stuck stuck(ResultSet row) throws SQLException {
        return new Stuck(
                row.getObject("id", UUID.class),
                row.getObject("quote_id", UUID.class),
                CurrencyUnit.ofText(row.getString("unit")).orElseThrow(),
                row.getLong("amount"),
                row.getLong("fee_reserve"),
                row.getLong("input_amount"),
                row.getString("payment_hash"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getInt("checks"),
                row.getObject("lease_until", OffsetDateTime.class).toInstant(),
                Optional.of(row.getString("evidence")));
    }
}
