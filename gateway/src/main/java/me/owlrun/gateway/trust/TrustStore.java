package me.owlrun.gateway.trust;

import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.job.NodeIdentity;

import java.io.InputStream;
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
import java.util.Objects;
import java.util.Optional;

/// The rows of `node_trust`, `node_sign` and `canary_rate`. Whatever changes points reads them
/// under a lock in the same transaction, so any number of gateways may add some.
final class TrustStore {

    private static final String MIGRATION = "V046__trust.sql";
    private static final Duration HOUR = Duration.ofHours(1);

    private static final String OPEN =
            """
            INSERT INTO node_trust (provider_id, node_id, points_at) VALUES (?, ?, ?)
            ON CONFLICT (provider_id, node_id) DO NOTHING
            """;

    private static final String FIND =
            """
            SELECT provider_id, node_id, points_milli, points_at, cusum_milli, rest_until
            FROM node_trust WHERE provider_id = ? AND node_id = ?
            """;

    private static final String UPDATE =
            """
            UPDATE node_trust
            SET points_milli = ?, points_at = ?, cusum_milli = ?, rest_until = ?
            WHERE provider_id = ? AND node_id = ?
            """;

    private static final String NOTE =
            """
            INSERT INTO node_sign (provider_id, node_id, sign, points_milli, detail, at)
            VALUES (?, ?, ?, ?, ?, ?)
            """;

    private static final String COUNT =
            """
            SELECT count(*) FROM node_sign
            WHERE provider_id = ? AND node_id = ? AND sign = ? AND at > ?
            """;

    private static final String SIGNS =
            """
            SELECT sign, points_milli, detail, at FROM node_sign
            WHERE provider_id = ? AND node_id = ? AND sign <> 'dropped'
            ORDER BY at DESC LIMIT ?
            """;

    private static final String SUSPECTS =
            """
            SELECT provider_id, node_id, points_milli, points_at, cusum_milli, rest_until
            FROM node_trust WHERE points_milli > 0 ORDER BY points_at DESC LIMIT ?
            """;

    private static final String RESTED =
            """
            SELECT provider_id, node_id, points_milli, points_at, cusum_milli, rest_until
            FROM node_trust WHERE rest_until <= ? ORDER BY rest_until LIMIT ?
            """;

    private static final String OTHERS =
            """
            SELECT coalesce(sum(asked), 0), coalesce(sum(wrong), 0) FROM canary_rate
            WHERE model = ? AND kind = ? AND provider_id <> ?
            """;

    private static final String RATE =
            """
            INSERT INTO canary_rate (model, kind, provider_id, asked, wrong) VALUES (?, ?, ?, 1, ?)
            ON CONFLICT (model, kind, provider_id) DO UPDATE SET
                asked = canary_rate.asked + 1, wrong = canary_rate.wrong + excluded.wrong
            """;

    private static final String FORGET = "DELETE FROM node_sign WHERE at < ?";

    private final Database database;
    private final TrustRules rules;

    /// @param database where the tables lie
    TrustStore(Database database, TrustRules rules) {
        this.database = database;
        this.rules = rules;
    }

    /// The migration that makes the tables.
    static Migration migration() {
        InputStream sql = TrustStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// How a node stands.
    ///
    /// @param pointsMilli against it, as they were then
    /// @param pointsAt when
    /// @param cusumMilli the running sum over its canaries
    /// @param restUntil until when it rests because it lost jobs, if it does
    record State(
            NodeIdentity node,
            long pointsMilli,
            Instant pointsAt,
            long cusumMilli,
            Optional<Instant> restUntil) {

        State points(long milli, Instant now) {
            return new State(node, milli, now, cusumMilli, restUntil);
        }

        State cusum(long milli) {
            return new State(node, pointsMilli, pointsAt, milli, restUntil);
        }

        State rest(Optional<Instant> until) {
            return new State(node, pointsMilli, pointsAt, cusumMilli, until);
        }
    }

    /// One sign against a node.
    record Noted(String sign, long pointsMilli, String detail, Instant at) {}

    /// Points against a node now, in thousandths.
    long points(State state, Instant now) {
        return Suspicion.faded(
                state.pointsMilli, Duration.between(state.pointsAt, now), rules.halfLife());
    }

    Optional<State> find(NodeIdentity node) {
        return database.read(connection -> find(connection, node, FIND));
    }

    /// Notes a sign; the points against the node afterwards, in thousandths.
    long note(NodeIdentity node, Sign sign, String detail, Instant now) {
        return database.transaction(connection -> {
            State state = lock(connection, node, now);
            return note(connection, state, sign, detail, now);
        });
    }

    private long note(Connection connection, State state, Sign sign, String detail, Instant now)
            throws SQLException {
        long more = rules.points(sign) * Suspicion.MILLI;
        State after = state.points(points(state, now) + more, now);
        write(connection, after);
        try (PreparedStatement insert = connection.prepareStatement(NOTE)) {
            key(insert, state.node, 1);
            insert.setString(3, sign.text());
            insert.setLong(4, more);
            insert.setString(5, detail);
            insert.setObject(6, time(now));
            insert.executeUpdate();
        }
        return after.pointsMilli;
    }

    /// Notes that a node lost a job; how many it lost within the last hour.
    long dropped(NodeIdentity node, Instant now) {
        return database.transaction(connection -> {
            State state = lock(connection, node, now);
            var _ = note(connection, state, Sign.DROPPED, "", now);
            return count(connection, node, Sign.DROPPED, now.minus(HOUR));
        });
    }

    /// How many jobs a node lost within the last hour.
    long drops(NodeIdentity node, Instant now) {
        return database.read(connection -> count(connection, node, Sign.DROPPED, now.minus(HOUR)));
    }

    private static long count(Connection connection, NodeIdentity node, Sign sign, Instant since)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COUNT)) {
            key(query, node, 1);
            query.setString(3, sign.text());
            query.setObject(4, time(since));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /// One answer to a canary.
    ///
    /// @param kind of the question
    /// @param fairBySizeMilli the share of wrong answers that is reckoned with
    record Canary(
            NodeIdentity node, String model, String kind, boolean wrong, long fairBySizeMilli) {}

    /// Takes an answer into the running sum; the points afterwards when that gave a sign.
    Optional<Long> judged(Canary canary, Instant now) {
        return database.transaction(connection -> {
            State state = lock(connection, canary.node, now);
            long fair = fairMilli(connection, canary);
            rate(connection, canary);
            long sum = Cusum.after(state.cusumMilli, canary.wrong, fair);
            if (sum < rules.canaryLimitMilli()) {
                write(connection, state.cusum(sum));
                return Optional.empty();
            }
            return Optional.of(note(connection, state.cusum(0), Sign.CANARY, canary.model, now));
        });
    }

    private static long fairMilli(Connection connection, Canary canary) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(OTHERS)) {
            query.setString(1, canary.model);
            query.setString(2, canary.kind);
            query.setLong(3, canary.node.providerId());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return Cusum.fairMilli(canary.fairBySizeMilli, row.getLong(1), row.getLong(2));
            }
        }
    }

    private static void rate(Connection connection, Canary canary) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(RATE)) {
            upsert.setString(1, canary.model);
            upsert.setString(2, canary.kind);
            upsert.setLong(3, canary.node.providerId());
            upsert.setLong(4, canary.wrong ? 1 : 0);
            upsert.executeUpdate();
        }
    }

    /// Lets a node rest, or no longer.
    void rest(NodeIdentity node, Optional<Instant> until, Instant now) {
        database.inTransaction(
                connection -> write(connection, lock(connection, node, now).rest(until)));
    }

    /// Forgets everything against a node; the signs stay listed.
    void clear(NodeIdentity node, Instant now) {
        database.inTransaction(connection -> {
            State state = lock(connection, node, now);
            write(connection, state.points(0, now).cusum(0).rest(Optional.empty()));
        });
    }

    /// Nodes whose rest is over.
    List<State> rested(Instant now, int countMax) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(RESTED)) {
                query.setObject(1, time(now));
                query.setInt(2, countMax);
                return states(query);
            }
        });
    }

    /// Nodes with points against them, the latest first.
    List<State> suspects(int countMax) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(SUSPECTS)) {
                query.setInt(1, countMax);
                return states(query);
            }
        });
    }

    /// The last signs against a node, lost jobs left out.
    List<Noted> signs(NodeIdentity node, int countMax) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(SIGNS)) {
                key(query, node, 1);
                query.setInt(3, countMax);
                List<Noted> signs = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        signs.add(
                                new Noted(
                                        rows.getString("sign"),
                                        rows.getLong("points_milli"),
                                        rows.getString("detail"),
                                        instant(rows, "at")));
                    }
                }
                return signs;
            }
        });
    }

    /// Deletes signs that were long ago.
    void forget(Instant before) {
        database.inTransaction(connection -> {
            try (PreparedStatement delete = connection.prepareStatement(FORGET)) {
                delete.setObject(1, time(before));
                delete.executeUpdate();
            }
        });
    }

    private static State lock(Connection connection, NodeIdentity node, Instant now)
            throws SQLException {
        try (PreparedStatement open = connection.prepareStatement(OPEN)) {
            key(open, node, 1);
            open.setObject(3, time(now));
            open.executeUpdate();
        }
        return find(connection, node, FIND + " FOR UPDATE").orElseThrow();
    }

    private static Optional<State> find(Connection connection, NodeIdentity node, String sql)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            key(query, node, 1);
            return states(query).stream().findFirst();
        }
    }

    private static void write(Connection connection, State state) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            update.setLong(1, state.pointsMilli);
            update.setObject(2, time(state.pointsAt));
            update.setLong(3, state.cusumMilli);
            update.setObject(4, state.restUntil.map(TrustStore::time).orElse(null));
            key(update, state.node, 5);
            update.executeUpdate();
        }
    }

    private static List<State> states(PreparedStatement query) throws SQLException {
        List<State> states = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                states.add(
                        new State(
                                new NodeIdentity(
                                        rows.getLong("provider_id"), rows.getString("node_id")),
                                rows.getLong("points_milli"),
                                instant(rows, "points_at"),
                                rows.getLong("cusum_milli"),
                                Optional.ofNullable(
                                                rows.getObject("rest_until", OffsetDateTime.class))
                                        .map(OffsetDateTime::toInstant)));
            }
        }
        return states;
    }

    private static void key(PreparedStatement statement, NodeIdentity node, int at)
            throws SQLException {
        statement.setLong(at, node.providerId());
        statement.setString(at + 1, node.nodeId());
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Instant instant(ResultSet rows, String column) throws SQLException {
        return rows.getObject(column, OffsetDateTime.class).toInstant();
    }
}
