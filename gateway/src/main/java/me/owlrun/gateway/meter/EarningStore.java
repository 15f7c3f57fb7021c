package me.owlrun.gateway.meter;

import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.money.Msat;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Objects;

/// What each provider served and earned per UTC day: one row a day, so that tiers and figures of a
/// node need no sums over jobs.
public final class EarningStore {

    private static final String MIGRATION = "V011__earnings.sql";

    private static final String ADD =
            """
            INSERT INTO provider_day (provider_id, day, jobs, tokens, earned_msat)
            VALUES (?, ?, 1, ?, ?)
            ON CONFLICT (provider_id, day) DO UPDATE SET
                jobs = provider_day.jobs + 1,
                tokens = provider_day.tokens + excluded.tokens,
                earned_msat = provider_day.earned_msat + excluded.earned_msat
            """;

    private static final String SUM =
            """
            SELECT coalesce(sum(jobs), 0), coalesce(sum(tokens), 0), coalesce(sum(earned_msat), 0)
            FROM provider_day WHERE provider_id = ? AND day >= ? AND day <= ?
            """;

    private final Database database;

    /// @param database where the table lies
    public EarningStore(Database database) {
        this.database = database;
    }

    /// The migration that makes the table.
    public static Migration migration() {
        InputStream sql = EarningStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// Sums over some days.
    ///
    /// @param jobs jobs served and paid
    /// @param tokens tokens billed
    /// @param earned what the provider got
    public record Earnings(long jobs, long tokens, Msat earned) {}

    /// Adds a job to its day, inside the transaction that settles it.
    public void add(Connection connection, long providerId, LocalDate day, Bill bill)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(ADD)) {
            insert.setLong(1, providerId);
            insert.setObject(2, day);
            insert.setLong(3, bill.usage().totalTokens());
            insert.setLong(4, bill.split().provider().value());
            insert.executeUpdate();
        }
    }

    /// The tier for the next job of a provider.
    ///
    /// @param day today in UTC
    public ProviderTier tier(Connection connection, long providerId, LocalDate day)
            throws SQLException {
        return ProviderTier.of(
                between(connection, providerId, day.withDayOfMonth(1), day).tokens());
    }

    /// What a provider served and earned from one day to another, both included.
    public Earnings between(long providerId, LocalDate from, LocalDate to) {
        return database.transaction(connection -> between(connection, providerId, from, to));
    }

    private static Earnings between(
            Connection connection, long providerId, LocalDate from, LocalDate to)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(SUM)) {
            query.setLong(1, providerId);
            query.setObject(2, from);
            query.setObject(3, to);
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return new Earnings(rows.getLong(1), rows.getLong(2), Msat.of(rows.getLong(3)));
            }
        }
    }
}
