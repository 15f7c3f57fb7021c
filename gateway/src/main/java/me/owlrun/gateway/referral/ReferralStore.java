package me.owlrun.gateway.referral;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// The rows of `referral` and `referral_day`: who brought whom, and what was paid for it.
final class ReferralStore {

    /// For how long, as the queries say.
    static final int MONTHS = 12;

    private static final long WHOLE = 100;

    /// The first code an account's nodes named counts, for twelve months from its first
    /// registration.
    private static final String NAMED_BY_NODES =
            """
            SELECT DISTINCT ON (n.provider_id) n.provider_id, c.account_id, f.first_at
            FROM node n
            JOIN referral_code c ON c.code = n.referral_code
            JOIN LATERAL (
                SELECT min(m.first_registered_at) AS first_at FROM node m
                WHERE m.provider_id = n.provider_id) f ON true
            WHERE n.referral_code <> '' AND c.account_id <> n.provider_id
                AND NOT EXISTS (SELECT 1 FROM referral r WHERE r.referred_id = n.provider_id)
            ORDER BY n.provider_id, n.first_registered_at
            """;

    /// The code an account named when it was opened.
    private static final String NAMED_BY_ACCOUNTS =
            """
            SELECT u.id, c.account_id, u.created_at
            FROM user_account u JOIN referral_code c ON c.code = u.referral_code
            WHERE u.referral_code <> '' AND c.account_id <> u.id
                AND NOT EXISTS (SELECT 1 FROM referral r WHERE r.referred_id = u.id)
            ORDER BY u.id
            """;

    /// One at a time, so that no two make a circle.
    private static final String LOCK = "LOCK TABLE referral IN SHARE ROW EXCLUSIVE MODE";

    /// Nobody is brought by somebody whom it brought, through others or not.
    private static final String ATTACH =
            """
            INSERT INTO referral (referred_id, referrer_id, since, ends_at)
            SELECT w.referred_id, w.referrer_id, w.since, w.since + interval '12 months'
            FROM (SELECT ?::bigint AS referred_id, ?::bigint AS referrer_id,
                ?::timestamptz AS since) w
            WHERE NOT EXISTS (
                WITH RECURSIVE above (id) AS (
                    SELECT w.referrer_id
                    UNION
                    SELECT r.referrer_id FROM referral r JOIN above a ON r.referred_id = a.id)
                SELECT 1 FROM above WHERE above.id = w.referred_id)
            ON CONFLICT (referred_id) DO NOTHING
            """;

    /// Days that are over by some hours and not paid yet, with the fee that the gateway really got
    /// in sats: what was paid in credit is not in it. A bill is dated before its commit, hence the
    /// hours. What an account serves counts, and what it buys by key from nodes that nobody
    /// brought, so that of one fee one share is paid.
    private static final String UNPAID_DAYS =
            """
            WITH due AS (
                SELECT r.referred_id, r.referrer_id, greatest(r.since, coalesce(
                        (SELECT max(d.day) + 1 FROM referral_day d
                        WHERE d.referred_id = r.referred_id),
                        '2000-01-01'::date)::timestamp AT TIME ZONE 'UTC') AS from_at,
                    least(r.ends_at, ?::timestamptz) AS to_at
                FROM referral r),
            counted AS (
                SELECT r.referred_id, r.referrer_id, b.payment_id, b.settled_at
                FROM due r
                JOIN bill b ON b.provider_id = r.referred_id
                    AND b.settled_at >= r.from_at AND b.settled_at < r.to_at
                UNION ALL
                SELECT r.referred_id, r.referrer_id, b.payment_id, b.settled_at
                FROM due r
                JOIN charge c ON c.account_id = r.referred_id
                    AND c.created_at >= r.from_at - interval '2 days' AND c.created_at < r.to_at
                JOIN bill b ON b.payment_id = c.id
                    AND b.settled_at >= r.from_at AND b.settled_at < r.to_at
                WHERE NOT EXISTS (
                    SELECT 1 FROM referral p
                    WHERE p.referred_id = b.provider_id
                        AND b.settled_at >= p.since AND b.settled_at < p.ends_at))
            SELECT w.referred_id, w.referrer_id, (w.settled_at AT TIME ZONE 'UTC')::date AS day,
                sum(e.amount_msat) AS fee_msat
            FROM counted w
            JOIN transfer t ON t.reference = w.payment_id AND t.kind = 'settle'
            JOIN entry e ON e.transfer_id = t.id
            JOIN account a ON a.id = e.account_id AND a.kind = 'fee'
            GROUP BY w.referred_id, w.referrer_id, day
            ORDER BY day, w.referred_id
            LIMIT ?
            """;

    private static final String ADD_DAY =
            """
            INSERT INTO referral_day (referred_id, day, fee_msat, share_msat) VALUES (?, ?, ?, ?)
            ON CONFLICT (referred_id, day) DO NOTHING
            """;

    private final Database database;
    private final LedgerStore ledger;
    private final InstantSource clock;

    ReferralStore(Database database, LedgerStore ledger, InstantSource clock) {
        this.database = database;
        this.ledger = ledger;
        this.clock = clock;
    }

    /// Who named whose code.
    private record Named(long referred, long referrer, OffsetDateTime since) {}

    /// Takes over the codes that accounts and nodes named.
    void attach() {
        for (String query : List.of(NAMED_BY_ACCOUNTS, NAMED_BY_NODES)) {
            List<Named> named = database.read(connection -> named(connection, query));
            if (!named.isEmpty()) {
                database.inTransaction(connection -> attach(connection, named));
            }
        }
    }

    private static List<Named> named(Connection connection, String sql) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet row = query.executeQuery()) {
            List<Named> named = new ArrayList<>();
            while (row.next()) {
                named.add(
                        new Named(
                                row.getLong(1),
                                row.getLong(2),
                                row.getObject(3, OffsetDateTime.class)));
            }
            return named;
        }
    }

    /// A code that is named late counts from that day on: what was bought and served before may
    /// have earned another referrer its share already, and of one fee one share is paid.
    private void attach(Connection connection, List<Named> named) throws SQLException {
        OffsetDateTime today =
                clock.instant().atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS);
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.execute();
        }
        try (PreparedStatement insert = connection.prepareStatement(ATTACH)) {
            for (Named each : named) {
                insert.setLong(1, each.referred);
                insert.setLong(2, each.referrer);
                insert.setObject(3, each.since.isAfter(today) ? each.since : today);
                insert.executeUpdate();
            }
        }
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
