package me.owlrun.gateway.referral;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.money.Msat;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The rows of `referral_code`, `referral` and `referral_day`.
final class ReferralStore {

    private static final long WHOLE = 100;
    private static final int CODE_BYTES = 10;
    private static final String CODE_PREFIX = "owlr_ref_";

    private static final String FIND_CODE = "SELECT code FROM referral_code WHERE account_id = ?";

    private static final String ADD_CODE =
            """
            INSERT INTO referral_code (code, account_id, created_at) VALUES (?, ?, ?)
            ON CONFLICT (account_id) DO NOTHING
            """;

    /// The first code an account's nodes named counts, for twelve months from its first
    /// registration.
    private static final String ATTACH_NODES =
            """
            INSERT INTO referral (referred_id, referrer_id, since, ends_at)
            SELECT DISTINCT ON (n.provider_id) n.provider_id, c.account_id, f.first_at,
                f.first_at + interval '12 months'
            FROM node n
            JOIN referral_code c ON c.code = n.referral_code
            JOIN LATERAL (
                SELECT min(m.first_registered_at) AS first_at FROM node m
                WHERE m.provider_id = n.provider_id) f ON true
            WHERE n.referral_code <> '' AND c.account_id <> n.provider_id
                AND NOT EXISTS (SELECT 1 FROM referral r WHERE r.referred_id = n.provider_id)
            ORDER BY n.provider_id, n.first_registered_at
            ON CONFLICT (referred_id) DO NOTHING
            """;

    /// The code an account named when it was opened.
    private static final String ATTACH_ACCOUNTS =
            """
            INSERT INTO referral (referred_id, referrer_id, since, ends_at)
            SELECT u.id, c.account_id, u.created_at, u.created_at + interval '12 months'
            FROM user_account u JOIN referral_code c ON c.code = u.referral_code
            WHERE u.referral_code <> '' AND c.account_id <> u.id
                AND NOT EXISTS (SELECT 1 FROM referral r WHERE r.referred_id = u.id)
            ON CONFLICT (referred_id) DO NOTHING
            """;

    /// Days that are over by some hours and not paid yet, with the fee that the gateway really got
    /// in sats: what was paid in credit is not in it. A bill is dated before its commit, hence the
    /// hours.
    private static final String UNPAID_DAYS =
            """
            SELECT r.referred_id, r.referrer_id, (b.settled_at AT TIME ZONE 'UTC')::date AS day,
                sum(e.amount_msat) AS fee_msat
            FROM referral r
            JOIN bill b ON b.provider_id = r.referred_id
                AND b.settled_at >= r.since AND b.settled_at < r.ends_at
                AND b.settled_at >= (coalesce(
                    (SELECT max(d.day) + 1 FROM referral_day d
                    WHERE d.referred_id = r.referred_id),
                    '2000-01-01'::date))::timestamp AT TIME ZONE 'UTC'
                AND b.settled_at < ?
            JOIN transfer t ON t.reference = b.payment_id AND t.kind = 'settle'
            JOIN entry e ON e.transfer_id = t.id
            JOIN account a ON a.id = e.account_id AND a.kind = 'fee'
            GROUP BY r.referred_id, r.referrer_id, day
            ORDER BY day, r.referred_id
            LIMIT ?
            """;

    private static final String ADD_DAY =
            """
            INSERT INTO referral_day (referred_id, day, fee_msat, share_msat) VALUES (?, ?, ?, ?)
            ON CONFLICT (referred_id, day) DO NOTHING
            """;

    private static final String COUNT_REFERRED =
            "SELECT count(*) FROM referral WHERE referrer_id = ?";

    private static final String DAYS =
            """
            SELECT d.day, sum(d.share_msat), count(*)
            FROM referral_day d JOIN referral r ON r.referred_id = d.referred_id
            WHERE r.referrer_id = ? GROUP BY d.day ORDER BY d.day DESC LIMIT ?
            """;

    private static final String EARNED =
            """
            SELECT coalesce(sum(d.share_msat), 0)
            FROM referral_day d JOIN referral r ON r.referred_id = d.referred_id
            WHERE r.referrer_id = ?
            """;

    private final Database database;
    private final LedgerStore ledger;
    private final SecureRandom random;
    private final InstantSource clock;

    ReferralStore(Database database, LedgerStore ledger, SecureRandom random, InstantSource clock) {
        this.database = database;
        this.ledger = ledger;
        this.random = random;
        this.clock = clock;
    }

    /// What an account earned by referrals on one day.
    record Day(LocalDate day, Msat share, long accounts) {}

    /// What an account has of its referrals.
    record Summary(String code, long referred, Msat earned, List<Day> days) {}

    /// An account's code and what it brought; the code is made now if there is none.
    Summary summary(long accountId, int daysMax) {
        byte[] bytes = new byte[CODE_BYTES];
        random.nextBytes(bytes);
        String fresh = CODE_PREFIX + HexFormat.of().formatHex(bytes);
        return database.transaction(connection -> {
            try (PreparedStatement add = connection.prepareStatement(ADD_CODE)) {
                add.setString(1, fresh);
                add.setLong(2, accountId);
                add.setObject(3, clock.instant().atOffset(ZoneOffset.UTC));
                add.executeUpdate();
            }
            return new Summary(
                    code(connection, accountId),
                    number(connection, COUNT_REFERRED, accountId),
                    Msat.of(number(connection, EARNED, accountId)),
                    days(connection, accountId, daysMax));
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

    /// Takes over the codes that nodes named.
    void attach() {
        database.inTransaction(connection -> {
            for (String found : List.of(ATTACH_ACCOUNTS, ATTACH_NODES)) {
                try (PreparedStatement insert = connection.prepareStatement(found)) {
                    insert.executeUpdate();
                }
            }
        });
    }

    /// One day of one referred account.
    private record Unpaid(long referred, long referrer, LocalDate day, Msat fee) {}

    /// Pays shares of days that are over, each day of each account in a transaction of its own.
    ///
    /// @return how many days were found
    int payDays(int countMax) {
        List<Unpaid> days = database.transaction(connection -> unpaid(connection, countMax));
        days.forEach(this::pay);
        return days.size();
    }

    private List<Unpaid> unpaid(Connection connection, int countMax) throws SQLException {
        LocalDate today = clock.instant().atOffset(ZoneOffset.UTC).minusHours(2).toLocalDate();
        try (PreparedStatement query = connection.prepareStatement(UNPAID_DAYS)) {
            query.setObject(1, today.atStartOfDay().atOffset(ZoneOffset.UTC));
            query.setInt(2, countMax);
            List<Unpaid> unpaid = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    unpaid.add(
                            new Unpaid(
                                    row.getLong(1),
                                    row.getLong(2),
                                    row.getObject(3, LocalDate.class),
                                    Msat.of(row.getLong(4))));
                }
            }
            return unpaid;
        }
    }

    private void pay(Unpaid day) {
        Msat share =
                Msat.of(
                        Math.multiplyExact(day.fee.value(), (long) Referrals.SHARE_PERCENT)
                                / WHOLE);
        database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(ADD_DAY)) {
                insert.setLong(1, day.referred);
                insert.setDate(2, Date.valueOf(day.day));
                insert.setLong(3, day.fee.value());
                insert.setLong(4, share.value());
                if (insert.executeUpdate() == 0 || !share.isPositive()) {
                    return;
                }
            }
            ledger.post(
                    connection,
                    Transfer.moving()
                            .take(Account.FEE, share)
                            .give(Account.sats(day.referrer), share)
                            .of("referral", day.referred + ":" + day.day));
        });
    }
}
