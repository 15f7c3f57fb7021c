package me.owlrun.gateway.payout;

import me.owlrun.db.Database;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The rows of `payee` and `payee_address`: where accounts are paid by themselves, and when.
final class PayeeStore {

    /// Bad invoices in a row before the address has to be changed.
    private static final int STRIKES_MAX = 3;

    /// Bounds of what a node may ask for, in sats.
    private static final long THRESHOLD_SATS_MIN = 100;

    private static final long THRESHOLD_SATS_MAX = 1_000;

    /// A node that registers again with the same address changes nothing.
    private static final String TAKE_ADDRESSES =
            """
            INSERT INTO payee_address (account_id, node_id, address, since)
            SELECT provider_id, node_id, lightning_address, ? FROM node
            WHERE registered_at > ? AND (lightning_address <> '' OR EXISTS (
                SELECT 1 FROM payee_address a
                WHERE a.account_id = provider_id AND a.node_id = node.node_id))
            ORDER BY provider_id, node_id
            ON CONFLICT (account_id, node_id) DO UPDATE SET
                address = excluded.address, since = excluded.since
            WHERE payee_address.address <> excluded.address
            """;

    /// The address that changed last counts; the first one an account ever has is used at once.
    private static final String TAKE_PAYEES =
            """
            INSERT INTO payee (account_id, address, address_since, threshold_msat, next_try_at)
            SELECT DISTINCT ON (a.account_id) a.account_id, a.address, a.since,
                1000 * least(greatest(n.redeem_threshold_sats, ?), ?), ?
            FROM node n JOIN payee_address a
                ON a.account_id = n.provider_id AND a.node_id = n.node_id
            WHERE a.address <> '' AND a.account_id IN (
                SELECT provider_id FROM node WHERE registered_at > ?)
            ORDER BY a.account_id, a.since DESC, n.registered_at DESC
            ON CONFLICT (account_id) DO UPDATE SET
                threshold_msat = excluded.threshold_msat,
                address = excluded.address,
                address_since = CASE WHEN payee.address = excluded.address
                    THEN payee.address_since ELSE excluded.address_since END,
                next_try_at = CASE WHEN payee.address = excluded.address
                    THEN payee.next_try_at
                    ELSE excluded.address_since + make_interval(secs => ?) END,
                failures = CASE WHEN payee.address = excluded.address
                    THEN payee.failures ELSE 0 END,
                strikes = CASE WHEN payee.address = excluded.address
                    THEN payee.strikes ELSE 0 END,
                notice = CASE WHEN payee.address = excluded.address THEN payee.notice
                    ELSE 'Your Lightning address was changed. If that was not you, your key is'
                        || ' known to somebody else.' END
            WHERE payee.address <> excluded.address
                OR payee.threshold_msat <> excluded.threshold_msat
            """;

    private static final String DUE =
            """
            SELECT p.account_id, p.address, p.threshold_msat, p.first_paid, p.fee_percent,
                a.balance_msat
            FROM payee p JOIN account a ON a.kind = 'sats' AND a.owner = p.account_id::text
                JOIN user_account u ON u.id = p.account_id AND u.paused_at IS NULL
            WHERE p.next_try_at <= ? AND p.strikes < ? AND p.address <> ''
                AND a.balance_msat
                    >= CASE WHEN p.first_paid THEN p.threshold_msat
                        ELSE greatest(p.threshold_msat, ?) END
                AND NOT EXISTS (
                    SELECT 1 FROM payout o
                    WHERE o.account_id = p.account_id AND o.method = 'lightning'
                        AND o.state IN ('sent', 'unknown', 'recalling'))
            ORDER BY p.next_try_at LIMIT ?
            """;

    private static final String PAID =
            """
            UPDATE payee SET first_paid = true, failures = 0, strikes = 0, fee_percent = 1,
                notice = ''
            WHERE account_id = ?
            """;

    private static final String FEE_PERCENT =
            """
            SELECT fee_percent, failures FROM payee WHERE account_id = ? FOR UPDATE
            """;

    private static final String FAILED =
            """
            UPDATE payee SET failures = failures + 1, strikes = strikes + ?,
                fee_percent = least(3, fee_percent + ?), notice = ?, next_try_at = ?
            WHERE account_id = ?
            """;

    private static final String POSTPONE =
            """
            UPDATE payee SET next_try_at = ? WHERE account_id = ? AND next_try_at < ?
            """;

    private static final String NOTICE =
            """
            SELECT notice FROM payee WHERE account_id = ? AND notice <> ''
            """;

    private final Database database;
    private final PayoutRules rules;
    private final EscrowRows escrow;
    private final InstantSource clock;

    /// @param escrow what accounts cannot take out yet
    PayeeStore(Database database, PayoutRules rules, EscrowRows escrow, InstantSource clock) {
        this.escrow = escrow;
        this.database = database;
        this.rules = rules;
        this.clock = clock;
    }

    /// An account that is to be paid.
    record Due(
            long accountId,
            String address,
            Msat threshold,
            boolean firstPaid,
            int feePercent,
            Msat balance) {

        private Due of(Msat part) {
            return new Due(accountId, address, threshold, firstPaid, feePercent, part);
        }
    }

    /// Takes over what nodes said since a moment.
    void refresh(Instant since) {
        OffsetDateTime from = since.atOffset(ZoneOffset.UTC);
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        database.inTransaction(connection -> {
            try (PreparedStatement take = connection.prepareStatement(TAKE_ADDRESSES);
                    PreparedStatement payees = connection.prepareStatement(TAKE_PAYEES)) {
                take.setObject(1, now);
                take.setObject(2, from);
                take.executeUpdate();
                payees.setLong(1, THRESHOLD_SATS_MIN);
                payees.setLong(2, THRESHOLD_SATS_MAX);
                payees.setObject(3, now);
                payees.setObject(4, from);
                payees.setLong(5, rules.coolOff().toSeconds());
                payees.executeUpdate();
            }
        });
    }

    /// Accounts with a balance to be paid, the longest waiting first.
    List<Due> due(int countMax) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(DUE)) {
                query.setObject(1, clock.instant().atOffset(ZoneOffset.UTC));
                query.setInt(2, STRIKES_MAX);
                query.setLong(3, rules.firstMin().value());
                query.setInt(4, countMax);
                return free(connection, read(query));
            }
        });
    }

    /// Leaves out what cannot be taken out yet, and accounts that are not due without it.
    private List<Due> free(Connection connection, List<Due> due) throws SQLException {
        List<Due> free = new ArrayList<>();
        for (Due each : due) {
            Msat held = escrow.held(connection, each.accountId).min(each.balance);
            Msat left = each.balance.minus(held);
            Msat least = each.threshold;
            if (!each.firstPaid && rules.firstMin().compareTo(least) > 0) {
                least = rules.firstMin();
            }
            if (!held.isPositive()) {
                free.add(each);
            } else if (left.compareTo(least) >= 0) {
                free.add(each.of(left));
            }
        }
        return free;
    }

    private static List<Due> read(PreparedStatement query) throws SQLException {
        List<Due> due = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                due.add(
                        new Due(
                                row.getLong(1),
                                row.getString(2),
                                Msat.of(row.getLong(3)),
                                row.getBoolean(4),
                                row.getInt(5),
                                Msat.of(row.getLong(6))));
            }
        }
        return due;
    }

    /// Records that an account was paid over Lightning.
    void paid(Connection connection, long accountId) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(PAID)) {
            update.setLong(1, accountId);
            update.executeUpdate();
        }
    }

    /// Records that paying an account did not work, and when to try again.
    void failed(Connection connection, long accountId, Failure failure, Instant now)
            throws SQLException {
        int feePercent;
        int failures;
        try (PreparedStatement query = connection.prepareStatement(FEE_PERCENT)) {
            query.setLong(1, accountId);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return;
                }
                feePercent = row.getInt(1);
                failures = row.getInt(2);
            }
        }
        boolean atLastFee = feePercent >= FeeReserve.PERCENT_MAX;
        Duration wait = BackOff.untilNextTry(failure, failures, atLastFee);
        try (PreparedStatement update = connection.prepareStatement(FAILED)) {
            update.setInt(1, failure == Failure.BAD_INVOICE ? 1 : 0);
            update.setInt(2, failure == Failure.NO_ROUTE ? 1 : 0);
            update.setString(3, notice(failure));
            update.setObject(4, now.plus(wait).atOffset(ZoneOffset.UTC));
            update.setLong(5, accountId);
            update.executeUpdate();
        }
    }

    private static String notice(Failure failure) {
        return switch (failure) {
            case ADDRESS -> "Your Lightning address cannot be paid; please check it.";
            case BAD_INVOICE ->
                    "Your Lightning address gives invoices that cannot be paid; after three of them"
                            + " it has to be changed.";
            case BELOW_MIN -> "Your Lightning address takes larger amounts only.";
            case NO_ROUTE, TEMPORARY, OUR_LIQUIDITY -> "";
        };
    }

    /// The same without a payout.
    void failed(long accountId, Failure failure) {
        database.inTransaction(
                connection -> failed(connection, accountId, failure, clock.instant()));
    }

    /// Leaves an account alone for a while, without a mark against it.
    void postpone(long accountId, Duration wait) {
        OffsetDateTime until = clock.instant().plus(wait).atOffset(ZoneOffset.UTC);
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(POSTPONE)) {
                update.setObject(1, until);
                update.setLong(2, accountId);
                update.setObject(3, until);
                update.executeUpdate();
            }
        });
    }

    /// What the owner of an account should know about its address.
    Optional<String> notice(long accountId) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(NOTICE)) {
                query.setLong(1, accountId);
                try (ResultSet row = query.executeQuery()) {
                    return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
                }
            }
        });
    }
}
