package me.owlrun.gateway.oracle;

import me.owlrun.db.Database;
import me.owlrun.db.Migration;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// The rows of `oracle_minute` and `oracle_fix`. Several gateways may write: a minute and a version
/// of a day are written once, by whoever comes first, and no minute is added to a day that is
/// fixed.
final class FixStore {

    private static final List<String> MIGRATIONS =
            List.of("V020__oracle.sql", "V029__fix_reason.sql");
    private static final int DAYS_OF_A_WEEK = 7;

    private static final String LOCK = "SELECT pg_advisory_xact_lock(7805046041861)";

    private static final String ADD_MINUTE =
            """
            INSERT INTO oracle_minute (minute, usd_cents, sources)
            SELECT ?, ?, ? WHERE NOT EXISTS (SELECT FROM oracle_fix WHERE day = ?)
            ON CONFLICT (minute) DO NOTHING
            """;

    private static final String MINUTES =
            """
            SELECT minute, usd_cents, sources FROM oracle_minute
            WHERE minute >= ? AND minute < ? ORDER BY minute
            """;

    private static final String LAST_MINUTE =
            """
            SELECT minute, usd_cents, sources FROM oracle_minute ORDER BY minute DESC LIMIT 1
            """;

    private static final String ADD_FIX =
            """
            INSERT INTO oracle_fix
                (day, version, kind, usd_cents, basis_day, samples, sources, sha256, made_at,
                reason)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (day, version) DO NOTHING
            """;

    private static final String FIXES =
            """
            SELECT DISTINCT ON (day) day, version, kind, usd_cents, basis_day, samples, sources,
                sha256, made_at, reason
            FROM oracle_fix WHERE day <= ? ORDER BY day DESC, version DESC LIMIT ?
            """;

    private static final String VERSIONS =
            """
            SELECT day, version, kind, usd_cents, basis_day, samples, sources, sha256, made_at,
                reason
            FROM oracle_fix WHERE day >= ? ORDER BY day DESC, version DESC
            """;

    private final Database database;

    FixStore(Database database) {
        this.database = database;
    }

    static List<Migration> migrations() {
        return MIGRATIONS.stream().map(FixStore::migration).toList();
    }

    private static Migration migration(String name) {
        InputStream sql = FixStore.class.getResourceAsStream(name);
        return Migration.read(name, Objects.requireNonNull(sql, name));
    }

    /// Adds a minute's price, unless it is there or its day is over.
    void add(MinutePrice price) {
        database.inTransaction(connection -> {
            lock(connection);
            try (PreparedStatement insert = connection.prepareStatement(ADD_MINUTE)) {
                insert.setObject(1, utc(price.minute()));
                insert.setLong(2, price.usdCents());
                insert.setString(3, price.sources());
                insert.setObject(4, LocalDate.ofInstant(price.minute(), ZoneOffset.UTC));
                insert.executeUpdate();
            }
        });
    }

    /// The prices from one moment until before another, ascending.
    List<MinutePrice> minutes(Instant from, Instant until) {
        return database.read(connection -> minutes(connection, from, until));
    }

    /// The newest price.
    Optional<MinutePrice> lastMinute() {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(LAST_MINUTE)) {
                return minutes(query).stream().findFirst();
            }
        });
    }

    /// The prices of the last seven days that have one, newest first, each in its newest version.
    List<Fix> week(LocalDate until) {
        return database.read(connection -> fixes(connection, until, DAYS_OF_A_WEEK));
    }

    /// Fixes the price of a day that is over, unless it is fixed or has none.
    void fix(LocalDate day, Instant now) {
        database.inTransaction(connection -> {
            lock(connection);
            Optional<Fix> before = newest(connection, day);
            if (before.filter(fix -> fix.day().equals(day)).isEmpty()) {
                Instant begin = day.atStartOfDay(ZoneOffset.UTC).toInstant();
                Instant end = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
                Optional<Fix> made = Fix.ofDay(day, minutes(connection, begin, end), before, now);
                if (made.isPresent()) {
                    add(connection, made.get());
                }
            }
        });
    }

    /// Gives a day the first price there is, unless it has one that was seen that day or the day
    /// before.
    void begin(LocalDate day, MinutePrice price, Instant now) {
        database.inTransaction(connection -> {
            lock(connection);
            Optional<Fix> before = newest(connection, day);
            boolean isKnown =
                    before.filter(fix -> !fix.basisDay().isBefore(day.minusDays(1))).isPresent();
            if (!isKnown) {
                add(
                        connection,
                        Fix.of(
                                day,
                                nextVersion(before, day),
                                Fix.Kind.FIRST,
                                new BtcRate(price.usdCents()),
                                day,
                                List.of(price),
                                now));
            }
        });
    }

    /// Gives a day another price by the operator's word; the one before stays in the table. Empty
    /// when the day has no price that could be wrong.
    ///
    /// @param reason what is written down with it
    Optional<Fix> correct(LocalDate day, BtcRate rate, String reason, Instant now) {
        return database.transaction(connection -> {
            lock(connection);
            Optional<Fix> wrong =
                    newest(connection, day).filter(newest -> newest.day().equals(day));
            if (wrong.isEmpty()) {
                return wrong;
            }
            int version = nextVersion(wrong, day);
            Fix fix =
                    Fix.of(day, version, Fix.Kind.CORRECTION, rate, day, List.of(), now)
                            .because(reason);
            add(connection, fix);
            return Optional.of(fix);
        });
    }

    /// All versions of the prices of days, the newest first.
    List<Fix> versions(LocalDate from) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(VERSIONS)) {
                query.setObject(1, from);
                return fixes(query);
            }
        });
    }

    private static int nextVersion(Optional<Fix> newest, LocalDate day) {
        return newest.filter(fix -> fix.day().equals(day)).map(fix -> fix.version() + 1).orElse(1);
    }

    private static void lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOCK);
        }
    }

    private static Optional<Fix> newest(Connection connection, LocalDate until)
            throws SQLException {
        return fixes(connection, until, 1).stream().findFirst();
    }

    private static List<Fix> fixes(Connection connection, LocalDate until, int count)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FIXES)) {
            query.setObject(1, until);
            query.setInt(2, count);
            return fixes(query);
        }
    }

    private static List<Fix> fixes(PreparedStatement query) throws SQLException {
        List<Fix> fixes = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                fixes.add(fix(rows));
            }
        }
        return fixes;
    }

    private static Fix fix(ResultSet rows) throws SQLException {
        return new Fix(
                rows.getObject("day", LocalDate.class),
                rows.getInt("version"),
                Fix.Kind.valueOf(rows.getString("kind").toUpperCase(Locale.ROOT)),
                new BtcRate(rows.getLong("usd_cents")),
                rows.getObject("basis_day", LocalDate.class),
                rows.getInt("samples"),
                rows.getString("sources"),
                rows.getString("sha256"),
                rows.getObject("made_at", OffsetDateTime.class).toInstant(),
                rows.getString("reason"));
    }

    private static void add(Connection connection, Fix fix) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(ADD_FIX)) {
            insert.setObject(1, fix.day());
            insert.setInt(2, fix.version());
            insert.setString(3, fix.kind().text());
            insert.setLong(4, fix.rate().usdCentsPerBtc());
            insert.setObject(5, fix.basisDay());
            insert.setInt(6, fix.samples());
            insert.setString(7, fix.sources());
            insert.setString(8, fix.sha256());
            insert.setObject(9, utc(fix.madeAt()));
            insert.setString(10, fix.reason());
            insert.executeUpdate();
        }
    }

    private static List<MinutePrice> minutes(Connection connection, Instant from, Instant until)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(MINUTES)) {
            query.setObject(1, utc(from));
            query.setObject(2, utc(until));
            return minutes(query);
        }
    }

    private static List<MinutePrice> minutes(PreparedStatement query) throws SQLException {
        List<MinutePrice> minutes = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                minutes.add(
                        new MinutePrice(
                                rows.getObject("minute", OffsetDateTime.class).toInstant(),
                                rows.getLong("usd_cents"),
                                rows.getString("sources")));
            }
        }
        return minutes;
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
