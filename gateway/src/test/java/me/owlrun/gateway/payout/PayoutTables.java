package me.owlrun.gateway.payout;

import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.db.Migration;
import me.owlrun.db.Migrations;
import me.owlrun.gateway.account.AccountStore;
import me.owlrun.gateway.account.KeyStore;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerAuditStore;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.node.NodeStore;
import me.owlrun.gateway.pay.PayAuditStore;
import me.owlrun.gateway.pay.Till;
import me.owlrun.gateway.probe.House;
import me.owlrun.gateway.topup.TopupStore;
import me.owlrun.gateway.vault.ExchangeStore;
import me.owlrun.mint.testing.TestPostgres;
import me.owlrun.money.Msat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/// A fresh database with the tables of payouts, and the real stores on it.
final class PayoutTables implements AutoCloseable {

    private static final Msat NO_CAP = Msat.of(1L << 50);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Database database =
            Database.open(
                    TestPostgres.shared().url(TestPostgres.freshName()),
                    LocalPostgres.USER,
                    new Secret(""),
                    4);

    PayoutTables() {
        List<Migration> migrations = new ArrayList<>();
        migrations.add(LedgerStore.migration());
        migrations.add(EarningStore.migration());
        migrations.add(Till.migration());
        migrations.addAll(NodeStore.migrations());
        migrations.add(KeyStore.migration());
        migrations.add(Payouts.migration());
        migrations.add(AccountStore.migration());
        migrations.add(TopupStore.migration());
        migrations.add(LedgerStore.seals());
        migrations.addAll(Till.laterMigrations());
        migrations.add(ExchangeStore.migration());
        migrations.add(House.migration());
        Migrations.apply(database, migrations);
    }

    Database database() {
        return database;
    }

    /// A gateway's store.
    PayoutStore store(InstantSource clock, String bootId) {
        PayoutRules rules =
                new PayoutRules(MINUTE, Msat.ZERO, MINUTE, NO_CAP, NO_CAP, NO_CAP, 1_000, false);
        return new PayoutStore(
                database,
                new LedgerStore(clock),
                new PayeeStore(database, rules, EscrowRows.NONE, clock),
                rules,
                EscrowRows.NONE,
                clock,
                bootId,
                "http://mint.example");
    }

    void execute(String sql) {
        database.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        });
    }

    long number(String sql) {
        return database.read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    /// Opens an account that has paid these msat coins in.
    ///
    /// @return its number
    long accountWith(List<Long> coins) {
        long account = number("INSERT INTO user_account (created_at) VALUES (now()) RETURNING id");
        database.inTransaction(connection -> {
            try (PreparedStatement insert =
                    connection.prepareStatement(
                            """
                            WITH o AS (
                                INSERT INTO mint_operation (id, kind, purpose, inputs, keyset_id,
                                    unit, fee_steps, state, owner_boot, created_at)
                                VALUES (gen_random_uuid(), 'mint', 'topup', '[]', ?, 'msat', 0,
                                    'done', 'x', ?)
                                RETURNING id)
                            INSERT INTO vault_proof (operation_id, position, unit, keyset_id,
                                amount, secret, r, c, state)
                            SELECT o.id, c.place, 'msat', ?, c.amount, gen_random_uuid()::text,
                                '00', ?, 'held'
                            FROM o, unnest(?::bigint[]) WITH ORDINALITY AS c (amount, place)
                            """)) {
                String keyset = SimMint.KEYSET.value();
                insert.setString(1, keyset);
                insert.setObject(2, Instant.EPOCH.atOffset(ZoneOffset.UTC));
                insert.setString(3, keyset);
                insert.setString(4, SimMint.proof(SimMint.output(1), 1).c().toHex());
                insert.setArray(5, connection.createArrayOf("bigint", coins.toArray()));
                insert.executeUpdate();
            }
            Msat amount = Msat.of(coins.stream().mapToLong(Long::longValue).sum());
            new LedgerStore(InstantSource.system())
                    .post(
                            connection,
                            Transfer.moving()
                                    .take(Account.ECASH_TREASURY, amount)
                                    .give(Account.sats(account), amount)
                                    .of("test", "account " + account));
        });
        return account;
    }

    /// What the audits find.
    List<String> findings() {
        var findings = new ArrayList<>(new LedgerAuditStore(database).findings());
        findings.addAll(new PayAuditStore(database).findings());
        findings.addAll(new PayoutAuditStore(database).findings());
        return findings.stream().map(finding -> finding.code() + ": " + finding.detail()).toList();
    }

    @Override
    public void close() {
        database.close();
    }
}
