package me.owlrun.gateway.payout;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.money.Msat;

import java.sql.PreparedStatement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/// Reads payouts, for their owners, the operator, and the look at tokens.
final class PayoutListStore {

    private static final String SELECT = "SELECT " + PayoutRows.COLUMNS + " FROM payout ";

    private static final String OF_ACCOUNT =
            SELECT + "WHERE account_id = ? ORDER BY created_at DESC LIMIT ?";

    private static final String ONE = SELECT + "WHERE account_id = ? AND id = ?";

    private static final String BY_ID = SELECT + "WHERE id = ?";

    private static final String HISTORY =
            SELECT
                    + """
                    WHERE account_id = ? AND method = 'lightning' AND state = 'paid'
                    ORDER BY created_at DESC LIMIT ?
                    """;

    private static final String OPEN =
            SELECT
                    + """
                    WHERE state IN ('sent', 'unknown', 'recalling')
                    ORDER BY created_at LIMIT ?
                    """;

    private static final String RETRY =
            """
            UPDATE payout SET next_look_at = ?
            WHERE id = ? AND state IN ('sent', 'unknown', 'recalling')
            """;

    /// Tokens that were not looked at for a while, those never looked at first.
    private static final String UNSPENT =
            SELECT
                    + """
                    WHERE token IS NOT NULL AND token_spent_at IS NULL
                        AND (token_checked_at IS NULL OR token_checked_at < ?)
                    ORDER BY token_checked_at NULLS FIRST LIMIT ?
                    """;

    private static final String CHECKED =
            """
            UPDATE payout SET token_checked_at = ?, token_spent_at = ? WHERE id = ?
            """;

    private final Database database;
    private final LedgerStore ledger;
    private final EscrowRows escrow;
    private final InstantSource clock;

    /// @param escrow what accounts cannot take out yet
    PayoutListStore(Database database, LedgerStore ledger, EscrowRows escrow, InstantSource clock) {
        this.escrow = escrow;
        this.database = database;
        this.ledger = ledger;
        this.clock = clock;
    }

    /// What an account may take out now.
    Msat free(long accountId) {
        return database.transaction(connection -> {
            Msat balance = ledger.balance(connection, Account.sats(accountId));
            return balance.minus(escrow.held(connection, accountId).min(balance));
        });
    }

    /// What is in an account.
    Msat balance(long accountId) {
        return database.transaction(
                connection -> ledger.balance(connection, Account.sats(accountId)));
    }

    /// What came before under an Idempotency-Key, if anything.
    Optional<Began> before(long accountId, String key, String sha256) {
        return database.transaction(
                connection -> PayoutBeginStore.find(connection, accountId, key, sha256));
    }

    List<Payout> ofAccount(long accountId, int countMax) {
        return list(OF_ACCOUNT, accountId, countMax);
    }

    Optional<Payout> find(long accountId, String id) {
        return list(ONE, accountId, id).stream().findFirst();
    }

    Optional<Payout> find(String id) {
        return list(BY_ID, id).stream().findFirst();
    }

    List<Payout> history(long accountId, int countMax) {
        return list(HISTORY, accountId, countMax);
    }

    List<Payout> open(int countMax) {
        return list(OPEN, countMax);
    }

    /// Lets an open payout be looked at now; false when there is no such one.
    boolean retryNow(String id) {
        return database.transaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(RETRY)) {
                update.setObject(1, clock.instant().atOffset(ZoneOffset.UTC));
                update.setString(2, id);
                return update.executeUpdate() == 1;
            }
        });
    }

    List<Payout> unspent(Instant checkedBefore, int countMax) {
        return list(UNSPENT, checkedBefore.atOffset(ZoneOffset.UTC), countMax);
    }

    void checked(String id, boolean spent) {
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(CHECKED)) {
                Optional<Instant> now = Optional.of(clock.instant());
                update.setObject(1, clock.instant().atOffset(ZoneOffset.UTC));
                update.setObject(
                        2,
                        now.filter(_ -> spent).map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null));
                update.setString(3, id);
                update.executeUpdate();
            }
        });
    }

    private List<Payout> list(String sql, Object... values) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    query.setObject(i + 1, values[i]);
                }
                return PayoutRows.all(query);
            }
        });
    }
}
