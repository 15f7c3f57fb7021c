package me.owlrun.gateway.standing;

import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.gateway.routing.Health;
import me.owlrun.gateway.routing.RoutingRules;
import me.owlrun.gateway.routing.Speed;
import me.owlrun.gateway.routing.Standing;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The rows of `node_day`, `node_online` and `node_speed`.
final class StandingStore {

    private static final String MIGRATION = "V033__standing.sql";

    private static final String DAYS =
            """
            SELECT day, successes, failures, neutral, probes_passed, probes_failed, online_ms
            FROM node_day WHERE provider_id = ? AND node_id = ? AND day >= ? ORDER BY day
            """;

    private static final String ONLINE =
            "SELECT online_ms FROM node_online WHERE provider_id = ? AND node_id = ?";

    private static final String SPEEDS =
            """
            SELECT work, milli_tokens_per_second, slow_jobs, slow_until
            FROM node_speed WHERE provider_id = ? AND node_id = ?
            """;

    private static final String ADD_DAYS =
            """
            INSERT INTO node_day (provider_id, node_id, day, successes, failures, neutral,
                probes_passed, probes_failed, online_ms)
            SELECT * FROM unnest(?::bigint[], ?::text[], ?::date[], ?::int[], ?::int[], ?::int[],
                ?::int[], ?::int[], ?::bigint[])
            ON CONFLICT (provider_id, node_id, day) DO UPDATE SET
                successes = node_day.successes + excluded.successes,
                failures = node_day.failures + excluded.failures,
                neutral = node_day.neutral + excluded.neutral,
                probes_passed = node_day.probes_passed + excluded.probes_passed,
                probes_failed = node_day.probes_failed + excluded.probes_failed,
                online_ms = least(86400000, node_day.online_ms + excluded.online_ms)
            """;

    private static final String ADD_ONLINE =
            """
            INSERT INTO node_online (provider_id, node_id, online_ms)
            SELECT * FROM unnest(?::bigint[], ?::text[], ?::bigint[])
            ON CONFLICT (provider_id, node_id) DO UPDATE SET
                online_ms = node_online.online_ms + excluded.online_ms
            """;

    private static final String SET_SPEEDS =
            """
            INSERT INTO node_speed (provider_id, node_id, work, milli_tokens_per_second, slow_jobs,
                slow_until)
            SELECT * FROM unnest(?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::int[],
                ?::timestamptz[])
            ON CONFLICT (provider_id, node_id, work) DO UPDATE SET
                milli_tokens_per_second = excluded.milli_tokens_per_second,
                slow_jobs = excluded.slow_jobs, slow_until = excluded.slow_until
            """;

    private static final String REGISTERED =
            """
            SELECT capacity, first_registered_at, models_switched_at
            FROM node WHERE provider_id = ? AND node_id = ?
            """;

    private static final String DELETE_DAYS = "DELETE FROM node_day WHERE day < ?";

    private final Database database;

    StandingStore(Database database) {
        this.database = database;
    }

    static Migration migration() {
        InputStream sql = StandingStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// One kind of work of one machine.
    record Work(NodeIdentity node, String work) implements Comparable<Work> {

        private static final Comparator<Work> ORDER =
                Comparator.<Work>comparingLong(work -> work.node.providerId())
                        .thenComparing(work -> work.node.nodeId())
                        .thenComparing(Work::work);

        @Override
        public int compareTo(Work other) {
            return ORDER.compare(this, other);
        }
    }

    /// What a machine has earned; that of a newcomer when nothing is known.
    ///
    /// @param since the first day that counts
    Standing read(NodeIdentity node, RoutingRules rules, LocalDate since) {
        return database.read(connection ->
                new Standing(
                        rules,
                        days(connection, node, since),
                        online(connection, node),
                        speeds(connection, node)));
    }

    private static List<Health.Day> days(Connection connection, NodeIdentity node, LocalDate since)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(DAYS)) {
            query.setLong(1, node.providerId());
            query.setString(2, node.nodeId());
            query.setObject(3, since);
            try (ResultSet rows = query.executeQuery()) {
                List<Health.Day> days = new ArrayList<>();
                while (rows.next()) {
                    days.add(
                            new Health.Day(
                                    rows.getObject("day", LocalDate.class),
                                    rows.getInt("successes"),
                                    rows.getInt("failures"),
                                    rows.getInt("neutral"),
                                    rows.getInt("probes_passed"),
                                    rows.getInt("probes_failed"),
                                    Duration.ofMillis(rows.getLong("online_ms"))));
                }
                return days;
            }
        }
    }

    private static Duration online(Connection connection, NodeIdentity node) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(ONLINE)) {
            query.setLong(1, node.providerId());
            query.setString(2, node.nodeId());
            try (ResultSet row = query.executeQuery()) {
                return Duration.ofMillis(row.next() ? row.getLong(1) : 0);
            }
        }
    }

    private static Map<String, Speed.Known> speeds(Connection connection, NodeIdentity node)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(SPEEDS)) {
            query.setLong(1, node.providerId());
            query.setString(2, node.nodeId());
            try (ResultSet rows = query.executeQuery()) {
                Map<String, Speed.Known> speeds = new HashMap<>();
                while (rows.next()) {
                    Instant until = rows.getObject("slow_until", OffsetDateTime.class).toInstant();
                    speeds.put(
                            rows.getString("work"),
                            new Speed.Known(
                                    rows.getLong("milli_tokens_per_second"),
                                    rows.getInt("slow_jobs"),
                                    until));
                }
                return speeds;
            }
        }
    }

    /// What a node said when it registered.
    ///
    /// @param switchedAt when it last took a model out
    record Registered(int capacity, Instant firstAt, Optional<Instant> switchedAt) {}

    Optional<Registered> registered(NodeIdentity node) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(REGISTERED)) {
                query.setLong(1, node.providerId());
                query.setString(2, node.nodeId());
                try (ResultSet row = query.executeQuery()) {
                    return row.next() ? Optional.of(registered(row)) : Optional.empty();
                }
            }
        });
    }

    private static Registered registered(ResultSet row) throws SQLException {
        return new Registered(
                row.getInt("capacity"),
                row.getObject("first_registered_at", OffsetDateTime.class).toInstant(),
                Optional.ofNullable(row.getObject("models_switched_at", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant));
    }

    /// Adds what happened, all of it or nothing.
    void add(List<Change> changes, Map<Work, Speed.Known> speeds) {
        database.inTransaction(connection -> {
            addDays(connection, changes);
            addOnline(connection, changes);
            setSpeeds(connection, speeds);
        });
    }

    private static <T> void array(
            PreparedStatement statement,
            int index,
            String type,
            List<T> rows,
            Function<T, Object> column)
            throws SQLException {
        Object[] values = rows.stream().map(column).toArray();
        statement.setArray(index, statement.getConnection().createArrayOf(type, values));
    }

    private static void addDays(Connection connection, List<Change> changes) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(ADD_DAYS)) {
            array(insert, 1, "int8", changes, change -> change.key.node().providerId());
            array(insert, 2, "text", changes, change -> change.key.node().nodeId());
            array(insert, 3, "text", changes, change -> change.key.day().toString());
            array(insert, 4, "int4", changes, change -> change.successes);
            array(insert, 5, "int4", changes, change -> change.failures);
            array(insert, 6, "int4", changes, change -> change.neutral);
            array(insert, 7, "int4", changes, change -> change.probesPassed);
            array(insert, 8, "int4", changes, change -> change.probesFailed);
            array(insert, 9, "int8", changes, change -> change.onlineMillis);
            insert.executeUpdate();
        }
    }

    private static void addOnline(Connection connection, List<Change> changes) throws SQLException {
        Map<NodeIdentity, Long> millis =
                changes.stream()
                        .filter(change -> change.onlineMillis > 0)
                        .collect(
                                Collectors.groupingBy(
                                        change -> change.key.node(),
                                        Collectors.summingLong(change -> change.onlineMillis)));
        List<NodeIdentity> nodes =
                changes.stream()
                        .map(change -> change.key.node())
                        .filter(millis::containsKey)
                        .distinct()
                        .toList();
        try (PreparedStatement insert = connection.prepareStatement(ADD_ONLINE)) {
            array(insert, 1, "int8", nodes, NodeIdentity::providerId);
            array(insert, 2, "text", nodes, NodeIdentity::nodeId);
            array(insert, 3, "int8", nodes, node -> millis.getOrDefault(node, 0L));
            insert.executeUpdate();
        }
    }

    private static void setSpeeds(Connection connection, Map<Work, Speed.Known> speeds)
            throws SQLException {
        List<Map.Entry<Work, Speed.Known>> rows = List.copyOf(new TreeMap<>(speeds).entrySet());
        try (PreparedStatement insert = connection.prepareStatement(SET_SPEEDS)) {
            array(insert, 1, "int8", rows, row -> row.getKey().node().providerId());
            array(insert, 2, "text", rows, row -> row.getKey().node().nodeId());
            array(insert, 3, "text", rows, row -> row.getKey().work());
            array(insert, 4, "int8", rows, row -> row.getValue().milliTokensPerSecond());
            array(insert, 5, "int4", rows, row -> row.getValue().slowJobs());
            array(insert, 6, "text", rows, row -> row.getValue().slowUntil().toString());
            insert.executeUpdate();
        }
    }

    /// Deletes days that count no more.
    void deleteBefore(LocalDate day) {
        database.inTransaction(connection -> {
            try (PreparedStatement delete = connection.prepareStatement(DELETE_DAYS)) {
                delete.setObject(1, day);
                delete.executeUpdate();
            }
        });
    }
}
