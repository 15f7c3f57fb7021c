package me.owlrun.gateway.meter;

import me.owlrun.db.Bundle;
import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.money.Msat;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What each provider served and earned per UTC day: one row a day, so that tiers and figures of a
/// node need no sums over jobs.
public final class EarningStore {

    private static final String MIGRATION = "V011__earnings.sql";

    private static final String ADD =
            """
            INSERT INTO provider_day (provider_id, day, jobs, tokens, earned_msat)
            SELECT provider_id, ?, jobs, tokens, earned_msat
            FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[])
                 AS t (provider_id, jobs, tokens, earned_msat)
            ORDER BY provider_id
            ON CONFLICT (provider_id, day) DO UPDATE SET
                jobs = provider_day.jobs + excluded.jobs,
                tokens = provider_day.tokens + excluded.tokens,
                earned_msat = provider_day.earned_msat + excluded.earned_msat
            """;

    private static final String TOKENS =
            """
            SELECT provider_id, sum(tokens) FROM provider_day
            WHERE provider_id = ANY (?) AND day >= ? AND day <= ?
            GROUP BY provider_id
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
    public record Earnings(long jobs, long tokens, Msat earned) {

        /// Both together.
        public Earnings plus(Earnings more) {
            return new Earnings(jobs + more.jobs, tokens + more.tokens, earned.plus(more.earned));
        }
    }

    /// Adds jobs to their day, inside the transaction that settles them.
    ///
    /// @param earned what each provider got by these jobs
    public void add(Bundle bundle, Map<Long, Earnings> earned, LocalDate day) {
        List<Map.Entry<Long, Earnings>> rows = List.copyOf(earned.entrySet());
        bundle.update(
                ADD,
                params ->
                        params.value(day)
                                .numbers(rows, Map.Entry::getKey)
                                .numbers(rows, r -> r.getValue().jobs())
                                .numbers(rows, r -> r.getValue().tokens())
                                .numbers(rows, r -> r.getValue().earned().value()));
    }

    /// The tokens by which the tier of a provider's next job is found; a provider without any is
    /// left out.
    ///
    /// @param day today in UTC
    /// @param tokens takes them by provider
    public void monthTokens(
            Bundle bundle, Set<Long> providers, LocalDate day, Map<Long, Long> tokens) {
        bundle.query(
                TOKENS,
                params ->
                        params.numbers(List.copyOf(providers), provider -> provider)
                                .value(day.withDayOfMonth(1))
                                .value(day),
                rows -> {
                    while (rows.next()) {
                        tokens.put(rows.getLong(1), rows.getLong(2));
                    }
                });
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
