package me.owlrun.gateway.ledger;

import me.owlrun.db.Bundle;
import me.owlrun.db.Migration;
import me.owlrun.money.Msat;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/// The one component that moves money between accounts. Every method runs inside the caller's
/// transaction, so that a transfer and what it stands for happen together or not at all.
///
/// Every transfer is sealed: the head of the chain is locked first, then rows of `account` in the
/// order of [Account], so no two transfers can deadlock. Call [#post] last in a transaction: the
/// busiest rows are then locked only for the commit.
public final class LedgerStore {

    private static final String MIGRATION = "V010__ledger.sql";
    private static final String SEALS = "V023__seals.sql";

    private static final String LOCK = "SELECT 1 FROM ledger_seal_head FOR UPDATE";

    private static final String BALANCE =
            """
            SELECT balance_msat FROM account WHERE kind = ? AND owner = ?
            """;

    private final InstantSource clock;

    /// @param clock gives the time a transfer is dated with
    public LedgerStore(InstantSource clock) {
        this.clock = clock;
    }

    /// The migration that makes the tables.
    public static Migration migration() {
        return read(MIGRATION);
    }

    /// The migration that begins the chain of seals; the ledger cannot write without it.
    public static Migration seals() {
        return read(SEALS);
    }

    private static Migration read(String name) {
        InputStream sql = LedgerStore.class.getResourceAsStream(name);
        return Migration.read(name, Objects.requireNonNull(sql, name));
    }

    /// Makes a transfer; the same one a second time changes nothing.
    ///
    /// @throws LedgerException when a floored account would go below zero, or the same key was used
    ///   for something else
    public void post(Connection connection, Transfer transfer) throws SQLException {
        List<Transfer> one = List.of(transfer);
        Instant now = now();
        UUID batch = TransferRows.newBatch(now);
        AtomicInteger inserted = new AtomicInteger();
        Bundle first = new Bundle();
        TransferRows.insert(first, one, batch, now, inserted::set);
        first.run(connection);
        if (inserted.get() == 0) {
            if (!TransferRows.find(connection, one)
                    .getOrDefault(transfer.idempotencyKey(), false)) {
                throw new LedgerException(
                        "transfer %s was posted before with other amounts"
                                .formatted(transfer.idempotencyKey()));
            }
            return;
        }
        Bundle second = new Bundle();
        move(second, one, batch, now);
        second.run(connection);
    }

    /// Makes transfers, all of them new, in one round trip.
    ///
    /// @throws LedgerException when one of them was posted before, or a floored account would go
    ///   below zero; the caller rolls back and may post them one by one
    public void postAll(Connection connection, List<Transfer> transfers) throws SQLException {
        Bundle bundle = new Bundle();
        postAll(bundle, transfers);
        bundle.run(connection);
    }

    /// As above, sent with other statements; it is the last of them. The bundle throws.
    public void postAll(Bundle bundle, List<Transfer> transfers) {
        if (transfers.isEmpty()) {
            return;
        }
        Instant now = now();
        UUID batch = TransferRows.newBatch(now);
        TransferRows.insert(
                bundle,
                transfers,
                batch,
                now,
                inserted -> {
                    if (inserted != transfers.size()) {
                        throw new LedgerException("some of these transfers were posted before");
                    }
                });
        move(bundle, transfers, batch, now);
    }

    private static void move(Bundle bundle, List<Transfer> transfers, UUID batch, Instant now) {
        TransferRows.move(
                bundle,
                transfers,
                batch,
                now,
                () -> {
                    throw new LedgerException(
                            "transfer %s would take an account below zero"
                                    .formatted(
                                            transfers.size() == 1
                                                    ? transfers.getFirst().idempotencyKey()
                                                    : "among " + transfers.size()));
                });
    }

    /// The database keeps microseconds, and seals are made of what it keeps.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /// Keeps everybody else from moving money until this transaction ends, so that balances can be
    /// read and acted on. Comes after all other locks of a transaction.
    public void lock(Bundle bundle) {
        bundle.query(LOCK, params -> params, _ -> {});
    }

    /// The balance of an account; zero when it was never used.
    public Msat balance(Connection connection, Account account) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(BALANCE)) {
            query.setString(1, account.kind().text());
            query.setString(2, account.owner());
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? Msat.of(rows.getLong(1)) : Msat.ZERO;
            }
        }
    }
}
