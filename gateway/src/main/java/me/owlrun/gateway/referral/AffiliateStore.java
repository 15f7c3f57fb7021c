package me.owlrun.gateway.referral;

import me.owlrun.db.Database;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The rows of `referral_code`, and what an account may see of whom it brought: days and amounts,
/// never who it is.
final class AffiliateStore {

    private static final int CODE_BYTES = 10;
    private static final String CODE_PREFIX = "owlr_ref_";

    private static final String FIND_CODE = "SELECT code FROM referral_code WHERE account_id = ?";

    private static final String ADD_CODE =
            """
            INSERT INTO referral_code (code, account_id, created_at) VALUES (?, ?, ?)
            ON CONFLICT (account_id) DO NOTHING
            """;

    private static final String COUNT_REFERRED =
            "SELECT count(*) FROM referral WHERE referrer_id = ?";

    private static final String DAYS =
            """
            SELECT d.day, sum(d.share_msat), count(*)
            FROM referral_day d JOIN referral r ON r.referred_id = d.referred_id
            WHERE r.referrer_id = ? GROUP BY d.day ORDER BY d.day DESC LIMIT ?
            """;

    private static final String BROUGHT =
            """
            SELECT r.since, r.ends_at, coalesce(sum(d.share_msat), 0)
            FROM referral r LEFT JOIN referral_day d ON d.referred_id = r.referred_id
            WHERE r.referrer_id = ?
            GROUP BY r.referred_id ORDER BY r.since DESC, r.referred_id DESC LIMIT ?
            """;

    private static final String EARNED =
            """
            SELECT coalesce(sum(d.share_msat), 0)
            FROM referral_day d JOIN referral r ON r.referred_id = d.referred_id
            WHERE r.referrer_id = ?
            """;

    private final Database database;
    private final SecureRandom random;
    private final InstantSource clock;

    /// @param random makes codes
    AffiliateStore(Database database, SecureRandom random, InstantSource clock) {
        this.database = database;
        this.random = random;
        this.clock = clock;
    }

    /// What an account earned by referrals on one day.
    record Day(LocalDate day, Msat share, long accounts) {}

    /// An account that was brought, without its name.
    ///
    /// @param since when it came
    /// @param ends when it earns its referrer nothing more
    record Brought(LocalDate since, LocalDate ends, boolean active, Msat earned) {}

    /// What an account has of its referrals.
    record Summary(
            String code, long referred, Msat earned, List<Day> days, List<Brought> accounts) {}

    /// An account's code and what it brought; the code is made now if there is none.
    ///
    /// @param linesMax days, and accounts, that are listed
    Summary summary(long accountId, int linesMax) {
        byte[] bytes = new byte[CODE_BYTES];
        random.nextBytes(bytes);
        String fresh = CODE_PREFIX + HexFormat.of().formatHex(bytes);
        Instant now = clock.instant();
        return database.transaction(connection -> {
            try (PreparedStatement add = connection.prepareStatement(ADD_CODE)) {
                add.setString(1, fresh);
                add.setLong(2, accountId);
                add.setObject(3, now.atOffset(ZoneOffset.UTC));
                add.executeUpdate();
            }
            return new Summary(
                    code(connection, accountId),
                    number(connection, COUNT_REFERRED, accountId),
                    Msat.of(number(connection, EARNED, accountId)),
                    days(connection, accountId, linesMax),
                    brought(connection, accountId, linesMax, now));
        });
    }

    private static String code(Connection connection, long accountId) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FIND_CODE)) {
            query.setLong(1, accountId);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private static long number(Connection connection, String sql, long accountId)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setLong(1, accountId);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static List<Day> days(Connection connection, long accountId, int daysMax)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(DAYS)) {
            query.setLong(1, accountId);
            query.setInt(2, daysMax);
            List<Day> days = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    days.add(
                            new Day(
                                    row.getObject(1, LocalDate.class),
                                    Msat.of(row.getLong(2)),
                                    row.getLong(3)));
                }
            }
            return days;
        }
    }

    private static List<Brought> brought(
            Connection connection, long accountId, int accountsMax, Instant now)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(BROUGHT)) {
            query.setLong(1, accountId);
            query.setInt(2, accountsMax);
            List<Brought> accounts = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    Instant ends = row.getObject(2, OffsetDateTime.class).toInstant();
                    accounts.add(
                            new Brought(
                                    day(row.getObject(1, OffsetDateTime.class).toInstant()),
                                    day(ends),
                                    now.isBefore(ends),
                                    Msat.of(row.getLong(3))));
                }
            }
            return accounts;
        }
    }

    private static LocalDate day(Instant moment) {
        return LocalDate.ofInstant(moment, ZoneOffset.UTC);
    }
}
