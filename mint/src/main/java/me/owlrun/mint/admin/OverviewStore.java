package me.owlrun.mint.admin;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.db.Database;

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
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/// Reads payments and books from the tables of the other features. The accounts are sums over all
/// proofs and promises, so they are kept for a minute.
public final class OverviewStore implements Melts, Books {

    private static final Duration ACCOUNTS_KEPT = Duration.ofMinutes(1);

    private static final String PING = "SELECT 1";

    private static final String PENDING =
            """
            SELECT count(*) AS pending, min(created_at) AS oldest
            FROM melt_attempt WHERE state = 'PENDING'
            """;

    private static final String BEGUN_BEFORE =
            """
            SELECT a.id, a.quote_id, q.unit, q.amount, q.fee_reserve, a.input_amount,
                   a.payment_hash, a.created_at, a.checks, a.lease_until,
                   concat_ws('; ',
                       'node ' || a.node_id,
                       'sent ' || a.sends || ' times',
                       'answer to paying: ' || a.answer,
                       'last look-up: ' || a.outcome || ' at ' || a.outcome_at,
                       'first seen failed at ' || a.failed_at) AS evidence
            FROM melt_attempt a JOIN melt_quote q ON q.id = a.quote_id
            WHERE a.state = 'PENDING' AND a.created_at < ?
            ORDER BY a.created_at
            LIMIT 1000
            """;

    private static final String ACCOUNTS =
            """
            SELECT k.id, k.unit, k.active,
                   coalesce(issued.sum, 0) AS issued, coalesce(redeemed.sum, 0) AS redeemed
            FROM keyset k
            LEFT JOIN (SELECT keyset_id, sum(amount) FROM promise WHERE c IS NOT NULL
                       GROUP BY keyset_id) issued ON issued.keyset_id = k.id
            LEFT JOIN (SELECT keyset_id, sum(amount) FROM proof WHERE state = 'SPENT'
                       GROUP BY keyset_id) redeemed ON redeemed.keyset_id = k.id
            ORDER BY k.unit, k.derivation_index
            """;

    private final Database database;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();

    private List<Account> kept = List.of();
    private Instant keptAt = Instant.EPOCH;

    /// @param database what is read
    public OverviewStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /// Whether the database answers; throws when it does not.
    public boolean ping() {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(PING);
                    ResultSet row = query.executeQuery()) {
                return row.next();
            }
        });
    }

    @Override
    public Pending pending() {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(PENDING);
                    ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("an aggregate gives one row");
                }
                OffsetDateTime oldest = row.getObject("oldest", OffsetDateTime.class);
                return new Pending(
                        row.getLong("pending"),
                        Optional.ofNullable(oldest).map(OffsetDateTime::toInstant));
            }
        });
    }

    @Override
    public List<Stuck> begunBefore(Instant moment) {
        return database.transaction(connection -> {
            List<Stuck> stuck = new ArrayList<>();
            try (PreparedStatement query = connection.prepareStatement(BEGUN_BEFORE)) {
                query.setObject(1, moment.atOffset(ZoneOffset.UTC));
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        stuck.add(stuck(row));
                    }
                }
            }
            return stuck;
        });
    }

    private static Stuck stuck(ResultSet row) throws SQLException {
        return new Stuck(
                row.getObject("id", UUID.class),
                row.getObject("quote_id", UUID.class),
                CurrencyUnit.ofText(row.getString("unit")).orElseThrow(),
                row.getLong("amount"),
                row.getLong("fee_reserve"),
                row.getLong("input_amount"),
                row.getString("payment_hash"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getInt("checks"),
                row.getObject("lease_until", OffsetDateTime.class).toInstant(),
                Optional.of(row.getString("evidence")));
    }

    @Override
    public List<Account> accounts() {
        lock.lock();
        try {
            Instant now = clock.instant();
            if (keptAt.plus(ACCOUNTS_KEPT).isBefore(now)) {
                kept = readAccounts();
                keptAt = now;
            }
            return kept;
        } finally {
            lock.unlock();
        }
    }

    private List<Account> readAccounts() {
        return database.transaction(connection -> {
            List<Account> accounts = new ArrayList<>();
            try (PreparedStatement query = connection.prepareStatement(ACCOUNTS);
                    ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    accounts.add(
                            new Account(
                                    new KeysetId(row.getString("id")),
                                    CurrencyUnit.ofText(row.getString("unit")).orElseThrow(),
                                    row.getBoolean("active"),
                                    row.getLong("issued"),
                                    row.getLong("redeemed")));
                }
            }
            return List.copyOf(accounts);
        });
    }

    @Override
    public Audit audit() {
        return audit(accounts());
    }

    @Override
    public Optional<Audit> lastAudit() {
        lock.lock();
        try {
            return kept.isEmpty() ? Optional.empty() : Optional.of(audit(kept));
        } finally {
            lock.unlock();
        }
    }

    private Audit audit(List<Account> accounts) {
        List<KeysetId> wrong =
                accounts.stream()
                        .filter(account -> account.redeemed() > account.issued())
                        .map(Account::keysetId)
                        .toList();
        return new Audit(
                wrong.isEmpty(),
                wrong.isEmpty()
                        ? "Every keyset redeemed at most what it issued."
                        : "More was redeemed than issued of " + wrong,
                keptAt());
    }

    private Instant keptAt() {
        lock.lock();
        try {
            return keptAt;
        } finally {
            lock.unlock();
        }
    }
}
