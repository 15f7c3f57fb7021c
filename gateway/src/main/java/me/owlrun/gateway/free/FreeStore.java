package me.owlrun.gateway.free;

import me.owlrun.db.Database;
import me.owlrun.db.Migration;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The rows of `free_job` and `karma_day`.
public final class FreeStore {

    private static final String MIGRATION = "V039__free.sql";

    private static final String ADD_JOB =
            """
            INSERT INTO free_job (job_id, provider_id, node_id, model, prompt_tokens,
                completion_tokens, karma_tokens, day)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (job_id) DO NOTHING
            """;

    private static final String ADD_TO_DAY =
            """
            INSERT INTO karma_day (provider_id, node_id, day, jobs, tokens, karma_tokens)
            VALUES (?, ?, ?, 1, ?, ?)
            ON CONFLICT (provider_id, node_id, day) DO UPDATE SET
                jobs = karma_day.jobs + 1,
                tokens = karma_day.tokens + excluded.tokens,
                karma_tokens = karma_day.karma_tokens + excluded.karma_tokens
            """;

    private static final String DAYS =
            """
            SELECT provider_id, day, sum(jobs) AS jobs, sum(karma_tokens) AS karma_tokens
            FROM karma_day WHERE day > ? AND day <= ?
            GROUP BY provider_id, day
            """;

    private final Database database;

    FreeStore(Database database) {
        this.database = database;
    }

    /// The migration that makes the tables.
    public static Migration migration() {
        InputStream sql = FreeStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// What a provider gave on one day.
    record Day(long providerId, long jobs, long karmaTokens) {}

    /// Takes down a job, once.
    void add(FreeJob job) {
        database.inTransaction(connection -> {
            if (addJob(connection, job)) {
                addToDay(connection, job);
            }
        });
    }

    private static boolean addJob(Connection connection, FreeJob job) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(ADD_JOB)) {
            insert.setString(1, job.jobId());
            insert.setLong(2, job.node().providerId());
            insert.setString(3, job.node().nodeId());
            insert.setString(4, job.model());
            insert.setLong(5, job.usage().promptTokens());
            insert.setLong(6, job.usage().completionTokens());
            insert.setLong(7, job.karmaTokens());
            insert.setDate(8, Date.valueOf(job.day()));
            return insert.executeUpdate() > 0;
        }
    }

    private static void addToDay(Connection connection, FreeJob job) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(ADD_TO_DAY)) {
            upsert.setLong(1, job.node().providerId());
            upsert.setString(2, job.node().nodeId());
            upsert.setDate(3, Date.valueOf(job.day()));
            upsert.setLong(4, job.usage().completionTokens());
            upsert.setLong(5, job.karmaTokens());
            upsert.executeUpdate();
        }
    }

    /// What was given on days after one and up to another.
    List<Day> days(LocalDate after, LocalDate upTo) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(DAYS)) {
                query.setDate(1, Date.valueOf(after));
                query.setDate(2, Date.valueOf(upTo));
                List<Day> days = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        days.add(
                                new Day(
                                        rows.getLong("provider_id"),
                                        rows.getLong("jobs"),
                                        rows.getLong("karma_tokens")));
                    }
                }
                return days;
            }
        });
    }
}
