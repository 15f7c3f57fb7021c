package me.owlrun.mint.audit;

import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migration;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Runs the checks, and keeps the rows of the table `audit_run`. All sums are made by the database,
/// which spills to disk: no size of the books needs more memory.
public final class AuditStore {

    private static final String V011 = "V011__audit.sql";

    /// Held by the one process that runs an audit.
    private static final long LOCK_KEY = 0x6175646974L;

    private static final int BREACHES_MAX = 1000;

    private static final String TRY_LOCK = "SELECT pg_try_advisory_xact_lock(" + LOCK_KEY + ")";

    /// A database that was never audited as a whole is due a while after its first quick one.
    private static final String LAST =
            """
            SELECT coalesce(max(ran_at) FILTER (WHERE whole), min(ran_at)) AS whole,
                   max(ran_at) AS any
            FROM audit_run
            """;

    private static final String INSERT =
            """
            INSERT INTO audit_run (ran_at, whole, breaches) VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String RESULTS =
            """
            SELECT DISTINCT ON (whole) ran_at, whole, breaches FROM audit_run
            ORDER BY whole DESC, ran_at DESC
            """;

    private final Database database;

    /// @param database where the books lie
    public AuditStore(Database database) {
        this.database = database;
    }

    /// The migration that makes the table of this package.
    public static Migration migration() {
        var resource = AuditStore.class.getResourceAsStream(V011);
        if (resource == null) {
            throw new DatabaseException("the resource " + V011 + " is missing in this build");
        }
        return Migration.read(V011, resource);
    }

    /// Runs the quick checks, or all, on the books as they are at one moment.
    public List<Finding> run(boolean whole) {
        return database.snapshot(connection -> findings(connection, whole));
    }

    /// What the checks find, as a transaction sees the books.
    public static List<Finding> findings(Connection connection, boolean whole) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        List<Check> checks =
                Stream.concat(BookChecks.ALL.stream(), ChainChecks.ALL.stream())
                        .filter(check -> whole || check.quick())
                        .toList();
        for (Check check : checks) {
            findings.add(new Finding(check.name(), breaches(connection, check)));
        }
        return findings;
    }

    private static long breaches(Connection connection, Check check) throws SQLException {
        String count =
                "SELECT count(*) FROM (" + check.sql() + " LIMIT " + BREACHES_MAX + ") breach";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(count)) {
            row.next();
            return row.getLong(1);
        }
    }

    /// Runs an audit when one is due and no other process runs one.
    ///
    /// @param every how long a quick audit serves
    /// @param wholeEvery how long a whole one serves
    Optional<AuditResult> runIfDue(Instant now, Duration every, Duration wholeEvery) {
        return database.transaction(connection -> {
            Optional<Boolean> due = due(connection, now, every, wholeEvery);
            if (due.isEmpty()) {
                return Optional.<AuditResult>empty();
            }
            boolean whole = due.get();
            List<String> breaches =
                    run(whole).stream()
                            .filter(finding -> finding.breaches() > 0)
                            .map(Finding::check)
                            .toList();
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                insert.setObject(1, now.atOffset(ZoneOffset.UTC));
                insert.setBoolean(2, whole);
                insert.setString(3, String.join(",", breaches));
                insert.executeUpdate();
            }
            return Optional.of(new AuditResult(now, whole, breaches));
        });
    }

    /// @return whether the audit that is due is a whole one; empty when none is
    private static Optional<Boolean> due(
            Connection connection, Instant now, Duration every, Duration wholeEvery)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery(TRY_LOCK)) {
                row.next();
                if (!row.getBoolean(1)) {
                    return Optional.empty();
                }
            }
            try (ResultSet row = statement.executeQuery(LAST)) {
                row.next();
                Optional<Instant> any = instant(row, "any");
                Optional<Instant> whole = instant(row, "whole");
                if (whole.isPresent() && !whole.get().plus(wholeEvery).isAfter(now)) {
                    return Optional.of(true);
                }
                return any.isPresent() && any.get().plus(every).isAfter(now)
                        ? Optional.empty()
                        : Optional.of(false);
            }
        }
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
                .map(OffsetDateTime::toInstant);
    }

    /// The last audit as a whole and the last quick one, of any process.
    List<AuditResult> results() {
        return database.read(connection -> {
            List<AuditResult> results = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(RESULTS)) {
                while (rows.next()) {
                    String breaches = rows.getString("breaches");
                    results.add(
                            new AuditResult(
                                    rows.getObject("ran_at", OffsetDateTime.class).toInstant(),
                                    rows.getBoolean("whole"),
                                    breaches.isEmpty() ? List.of() : List.of(breaches.split(","))));
                }
            }
            return results;
        });
    }
}
