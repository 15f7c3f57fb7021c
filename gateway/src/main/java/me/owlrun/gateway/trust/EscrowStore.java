package me.owlrun.gateway.trust;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

/// What of an account's sats cannot be taken out yet, because a node that is new, or suspected,
/// earned it a short while ago. Nothing is moved for it: the money is in the pot `sats`, can be
/// spent, and is free by time alone. Reckoned from bills whenever money is to leave.
public final class EscrowStore {

    /// A node is in escrow when it is new and has few jobs, or when half the points that put a node
    /// away speak against it. What was paid in credit is no sats.
    private static final String EARNED =
            """
            SELECT coalesce(sum(earned), 0)::bigint FROM (
                SELECT (
                    SELECT coalesce(sum(CASE WHEN c.id IS NULL THEN b.provider_msat
                        ELSE ceil(b.provider_msat::numeric * c.cost_sats_msat
                            / greatest(1, c.cost_sats_msat + c.cost_credit_msat)) END), 0)
                    FROM bill b LEFT JOIN charge c ON c.id = b.payment_id
                    WHERE b.provider_id = n.provider_id AND b.node_id = n.node_id
                        AND b.settled_at > ?) AS earned
                FROM node n LEFT JOIN node_trust t
                    ON t.provider_id = n.provider_id AND t.node_id = n.node_id
                WHERE n.provider_id = ? AND (
                    coalesce(t.points_milli, 0) * power(0.5, greatest(0,
                        extract(epoch FROM ?::timestamptz - coalesce(t.points_at, ?)))
                        / ?::double precision) >= ?
                    OR (n.first_registered_at > ? AND ? > (
                        SELECT count(*) FROM (
                            SELECT 1 FROM bill b
                            WHERE b.provider_id = n.provider_id AND b.node_id = n.node_id
                                AND b.settled_at > ? LIMIT ?) AS served)))) AS held
            """;

    private static final String FORFEITED =
            """
            SELECT coalesce(sum(amount_msat), 0)::bigint FROM escrow_forfeit
            WHERE provider_id = ? AND at > ?
            """;

    private static final String FORFEIT =
            """
            INSERT INTO escrow_forfeit (id, provider_id, amount_msat, reason, at)
            VALUES (?, ?, ?, ?, ?)
            """;

    private static final String LOCK_BALANCE =
            """
            SELECT balance_msat FROM account WHERE kind = 'sats' AND owner = ? FOR UPDATE
            """;

    private static final int MILLI_OF_HALF = 500;

    private final Database database;
    private final LedgerStore ledger;
    private final TrustRules rules;
    private final InstantSource clock;

    /// @param database where the tables lie
    public EscrowStore(
            Database database, LedgerStore ledger, TrustRules rules, InstantSource clock) {
        this.database = database;
        this.ledger = ledger;
        this.rules = rules;
        this.clock = clock;
    }

    /// What of an account's sats waits, at most what is in the pot.
    public Msat held(long accountId) {
        return database.read(connection ->
                held(connection, accountId)
                        .min(ledger.balance(connection, Account.sats(accountId))));
    }

    /// What its nodes in escrow earned beyond what is free; more than the pot has when some of it
    /// was spent.
    public Msat held(Connection connection, long accountId) throws SQLException {
        Instant since = clock.instant().minus(rules.escrow().time());
        Msat earned = earned(connection, accountId, since);
        Msat gone = forfeited(connection, accountId, since);
        Msat held = earned.minus(gone).minus(rules.escrow().free());
        return held.isPositive() ? held : Msat.ZERO;
    }

    private Msat earned(Connection connection, long accountId, Instant since) throws SQLException {
        OffsetDateTime now = time(clock.instant());
        OffsetDateTime from = time(since);
        long jobs = rules.escrow().jobs();
        try (PreparedStatement query = connection.prepareStatement(EARNED)) {
            query.setObject(1, from);
            query.setLong(2, accountId);
            query.setObject(3, now);
            query.setObject(4, now);
            query.setDouble(5, (double) rules.halfLife().toSeconds());
            query.setLong(6, rules.putAwayPoints() * MILLI_OF_HALF);
            query.setObject(7, from);
            query.setLong(8, jobs);
            query.setObject(9, from);
            query.setLong(10, jobs);
            return amount(query);
        }
    }

    private static Msat forfeited(Connection connection, long accountId, Instant since)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FORFEITED)) {
            query.setLong(1, accountId);
            query.setObject(2, time(since));
            return amount(query);
        }
    }

    private static Msat amount(PreparedStatement query) throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            return row.next() ? Msat.of(row.getLong(1)) : Msat.ZERO;
        }
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /// Takes what waits of an account and gives it to the faucet, which pays honest nodes for
    /// checks; empty when nothing waits.
    ///
    /// @param reason stays written down
    Optional<Msat> forfeit(long accountId, String reason) {
        String id = "ef_" + UUID.randomUUID().toString().replace("-", "");
        return database.transaction(connection -> {
            Msat balance;
            try (PreparedStatement lock = connection.prepareStatement(LOCK_BALANCE)) {
                lock.setString(1, Long.toString(accountId));
                balance = amount(lock);
            }
            Msat amount = held(connection, accountId).min(balance);
            if (!amount.isPositive()) {
                return Optional.empty();
            }
            try (PreparedStatement insert = connection.prepareStatement(FORFEIT)) {
                insert.setString(1, id);
                insert.setLong(2, accountId);
                insert.setLong(3, amount.value());
                insert.setString(4, reason);
                insert.setObject(5, time(clock.instant()));
                insert.executeUpdate();
            }
            ledger.post(
                    connection,
                    Transfer.moving()
                            .take(Account.sats(accountId), amount)
                            .give(Account.FAUCET, amount)
                            .of("forfeit", id));
            return Optional.of(amount);
        });
    }
}
