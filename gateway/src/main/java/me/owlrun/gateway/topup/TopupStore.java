package me.owlrun.gateway.topup;

import me.owlrun.cashu.Proof;
import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.VaultStore;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The rows of `topup`. Each step is one transaction in which row, vault and ledger change
/// together, and names the state and the owner it starts from.
public final class TopupStore {

    private static final String MIGRATION = "V024__topup.sql";
    private static final int LIST_MAX = 50;

    private static final String LOCK_ACCOUNT =
            """
            SELECT 1 FROM user_account WHERE id = ? FOR UPDATE
            """;

    private static final String COUNT_OPEN =
            """
            SELECT count(*) FROM topup WHERE account_id = ? AND state = 'unpaid'
            """;

    private static final String INSERT =
            """
            INSERT INTO topup (id, account_id, method, state, owner_boot, unit, amount_msat,
                fee_msat, idempotency_key, quote_id, invoice, expires_at, token_key, operation_id,
                created_at, next_attempt_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String OPEN_AND_ABANDONED =
            """
            WHERE t.state IN ('unpaid', 'running') AND t.next_attempt_at <= ?
                AND (t.owner_boot = ? OR NOT EXISTS (
                    SELECT 1 FROM gateway_instance i
                    WHERE i.boot_id = t.owner_boot AND i.lease_until > now()))
            ORDER BY t.next_attempt_at LIMIT ?
            """;

    private static final String ADOPT =
            """
            UPDATE topup SET owner_boot = ? WHERE id = ? AND owner_boot = ? AND state = ?
            """;

    private static final String POSTPONE =
            """
            UPDATE topup SET next_attempt_at = ? WHERE id = ?
            """;

    private static final String STEP =
            """
            UPDATE topup SET state = ?, operation_id = ?, refusal_code = ?, next_attempt_at = ?,
                closed_at = ?
            WHERE id = ? AND state = ? AND owner_boot = ?
            """;

    private static final String REVIVE =
            """
            UPDATE topup SET state = 'unpaid', next_attempt_at = ?, closed_at = NULL
            WHERE id = ? AND state = 'expired' AND closed_at <= ?
            """;

    private final Database database;
    private final LedgerStore ledger;
    private final InstantSource clock;
    private final VaultStore vault = new VaultStore();

    TopupStore(Database database, LedgerStore ledger, InstantSource clock) {
        this.database = database;
        this.ledger = ledger;
        this.clock = clock;
    }

    /// The migration that makes the table; it follows those of the vault and of the payouts.
    public static Migration migration() {
        InputStream sql = TopupStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// What writing an intent gives.
    enum Begun {
        /// It is written down.
        STARTED,
        /// Its token or Idempotency-Key came before.
        REPEATED,
        /// The account has as many unpaid invoices as it may have.
        TOO_MANY
    }

    /// Invoices of an account that wait to be paid.
    long countUnpaid(long accountId) {
        return database.transaction(connection -> countUnpaid(connection, accountId));
    }

    private static long countUnpaid(Connection connection, long accountId) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COUNT_OPEN)) {
            query.setLong(1, accountId);
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    /// Writes an invoice down, before anybody is told of it.
    ///
    /// @param unpaidMax invoices that may wait
    Begun beginLightning(Topup topup, Optional<String> idempotencyKey, long unpaidMax) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(LOCK_ACCOUNT)) {
                query.setLong(1, topup.accountId());
                query.execute();
            }
            if (countUnpaid(connection, topup.accountId()) >= unpaidMax) {
                return Begun.TOO_MANY;
            }
            return insert(connection, topup, idempotencyKey, Optional.empty())
                    ? Begun.STARTED
                    : Begun.REPEATED;
        });
    }

    /// Writes down a token and the swap that takes it, before the mint is asked.
    Begun beginEcash(
            Topup topup, Optional<String> idempotencyKey, String tokenKey, MintOperation swap) {
        return database.transaction(connection -> {
            insertOperation(connection, topup, swap);
            if (insert(connection, topup, idempotencyKey, Optional.of(tokenKey))) {
                return Begun.STARTED;
            }
            connection.rollback();
            return Begun.REPEATED;
        });
    }

    private void insertOperation(Connection connection, Topup topup, MintOperation operation)
            throws SQLException {
        vault.insert(
                connection,
                operation,
                new VaultStore.Owner(topup.ownerBoot(), Optional.empty()),
                List.of(),
                clock.instant());
    }

    private boolean insert(
            Connection connection,
            Topup topup,
            Optional<String> idempotencyKey,
            Optional<String> tokenKey)
            throws SQLException {
        Optional<Topup.Lightning> lightning = topup.lightning();
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, topup.id());
            insert.setLong(2, topup.accountId());
            insert.setString(3, lightning.isPresent() ? "lightning" : "ecash");
            insert.setString(4, topup.state().text());
            insert.setString(5, topup.ownerBoot());
            insert.setString(6, topup.unit().text());
            insert.setLong(7, topup.amount().value());
            insert.setLong(8, topup.fee().value());
            insert.setString(9, idempotencyKey.orElse(null));
            insert.setString(10, lightning.map(Topup.Lightning::quoteId).orElse(null));
            insert.setString(11, lightning.map(Topup.Lightning::invoice).orElse(null));
            insert.setObject(
                    12,
                    lightning.flatMap(Topup.Lightning::expiresAt).map(TopupStore::at).orElse(null));
            insert.setString(13, tokenKey.orElse(null));
            insert.setObject(14, topup.operationId().orElse(null));
            insert.setObject(15, at(topup.createdAt()));
            insert.setObject(16, at(topup.createdAt()));
            return insert.executeUpdate() == 1;
        }
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /// A top-up of an account.
    Optional<Topup> find(long accountId, String id) {
        return one("WHERE t.account_id = ? AND t.id = ?", accountId, id);
    }

    /// The top-up that took a token, unless it was refused.
    Optional<Topup> ofToken(String tokenKey) {
        return one("WHERE t.token_key = ? AND t.state <> 'refused'", tokenKey);
    }

    /// The top-up that came with an Idempotency-Key, unless it was refused.
    Optional<Topup> ofKey(long accountId, String idempotencyKey) {
        return one(
                "WHERE t.account_id = ? AND t.idempotency_key = ? AND t.state <> 'refused'",
                accountId,
                idempotencyKey);
    }

    /// The last top-ups of an account.
    List<Topup> list(long accountId) {
        return select(
                "WHERE t.account_id = ? ORDER BY t.created_at DESC, t.id LIMIT ?",
                accountId,
                LIST_MAX);
    }

    private Optional<Topup> one(String where, Object... values) {
        return select(where, values).stream().findFirst();
    }

    private List<Topup> select(String where, Object... values) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(TopupRows.SELECT + where)) {
                for (int i = 0; i < values.length; i++) {
                    query.setObject(i + 1, values[i]);
                }
                return TopupRows.read(query);
            }
        });
    }

    /// What has to be looked at now: this boot's own and what boots left that are gone.
    List<Topup> openAndAbandoned(String ownBoot, int countMax) {
        return select(OPEN_AND_ABANDONED, at(clock.instant()), ownBoot, countMax);
    }

    /// Takes a top-up over as it was seen; false when it has moved on or somebody else has it.
    boolean adopt(Topup topup, String ownBoot) {
        return database.transaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(ADOPT)) {
                update.setString(1, ownBoot);
                update.setString(2, topup.id());
                update.setString(3, topup.ownerBoot());
                update.setString(4, topup.state().text());
                return update.executeUpdate() == 1;
            }
        });
    }

    /// Lets a top-up rest before it is looked at again.
    void postpone(Topup topup, Duration rest) {
        Instant next = clock.instant().plus(rest);
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(POSTPONE)) {
                update.setObject(1, at(next));
                update.setString(2, topup.id());
                update.executeUpdate();
            }
        });
    }

    /// The operation that a running top-up waits for.
    MintOperation operationOf(Topup topup) {
        return database.transaction(
                connection -> vault.find(connection, topup.operationId().orElseThrow()));
    }

    /// Writes down the minting of a paid invoice; false when it has moved on.
    boolean beginMint(Topup topup, MintOperation mint) {
        return database.transaction(connection -> {
            insertOperation(connection, topup, mint);
            if (step(connection, topup, topup.running(mint.id()), Optional.empty())) {
                return true;
            }
            connection.rollback();
            return false;
        });
    }

    /// Records that the ecash is ours: vault, row and the account's pot.
    void credited(Topup topup, MintOperation operation, List<Proof> proofs) {
        database.inTransaction(connection -> {
            require(
                    topup,
                    step(connection, topup, to(topup, Topup.State.CREDITED), Optional.empty()));
            require(topup, vault.done(connection, operation, proofs, clock.instant()));
            ledger.post(
                    connection,
                    Transfer.moving()
                            .take(Account.ECASH_TREASURY, topup.amount())
                            .give(Account.sats(topup.accountId()), topup.amount())
                            .of("topup", topup.id()));
        });
    }

    /// Records that the mint refused an operation for good: a token was not taken, a paid invoice
    /// is tried again.
    ///
    /// @param code the mint's number, or 0 when it was never asked
    void refused(Topup topup, MintOperation operation, int code) {
        Topup.State next = topup.lightning().isPresent() ? Topup.State.UNPAID : Topup.State.REFUSED;
        database.inTransaction(connection -> {
            require(topup, step(connection, topup, to(topup, next), Optional.of(code)));
            require(topup, vault.refused(connection, operation.id(), code, clock.instant()));
        });
    }

    /// Gives an invoice up; who asks for it makes us look again.
    ///
    /// @param state expired, or refused when the mint gave its ecash to somebody else
    void giveUp(Topup topup, Topup.State state) {
        database.inTransaction(connection -> {
            if (!step(connection, topup, to(topup, state), Optional.empty())) {
                throw new TopupLostException(topup.id());
            }
        });
    }

    /// Looks again at an invoice that was given up some time ago.
    void revive(Topup topup, Duration ago) {
        Instant now = clock.instant();
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(REVIVE)) {
                update.setObject(1, at(now));
                update.setString(2, topup.id());
                update.setObject(3, at(now.minus(ago)));
                update.executeUpdate();
            }
        });
    }

    private static Topup to(Topup topup, Topup.State state) {
        return new Topup(
                topup.id(),
                topup.accountId(),
                state,
                topup.unit(),
                topup.amount(),
                topup.fee(),
                topup.lightning(),
                topup.operationId(),
                topup.ownerBoot(),
                topup.createdAt());
    }

    private boolean step(Connection connection, Topup from, Topup to, Optional<Integer> code)
            throws SQLException {
        OffsetDateTime now = at(clock.instant());
        boolean open = to.state() == Topup.State.UNPAID || to.state() == Topup.State.RUNNING;
        try (PreparedStatement update = connection.prepareStatement(STEP)) {
            update.setString(1, to.state().text());
            update.setObject(2, to.operationId().orElse(null));
            update.setObject(3, code.orElse(null));
            update.setObject(4, now);
            update.setObject(5, open ? null : now);
            update.setString(6, from.id());
            update.setString(7, from.state().text());
            update.setString(8, from.ownerBoot());
            return update.executeUpdate() == 1;
        }
    }

    private static void require(Topup topup, boolean stepped) {
        if (!stepped) {
            throw new TopupLostException(topup.id());
        }
    }
}
