package me.owlrun.gateway.pay;

import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.db.Migration;
import me.owlrun.db.Migrations;
import me.owlrun.gateway.account.AccountStore;
import me.owlrun.gateway.account.KeyStore;
import me.owlrun.gateway.admin.OperateStore;
import me.owlrun.gateway.bounty.Bounties;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.node.NodeStore;
import me.owlrun.gateway.oracle.OracleSettings;
import me.owlrun.gateway.payout.Payouts;
import me.owlrun.gateway.probe.House;
import me.owlrun.gateway.topup.TopupStore;
import me.owlrun.gateway.vault.ExchangeStore;
import me.owlrun.mint.testing.TestPostgres;
import me.owlrun.money.Msat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A fresh database with the tables that payments need.
final class TestTables {

    private TestTables() {}

    static Database open() {
        return open(List.of());
    }

    /// The same with all tables of a gateway.
    static Database openAll() {
        List<Migration> rest = new ArrayList<>(OracleSettings.migrations());
        rest.add(Payouts.migration());
        rest.add(AccountStore.migration());
        rest.add(TopupStore.migration());
        rest.add(OperateStore.migration());
        rest.add(ExchangeStore.migration());
        rest.add(AccountStore.laterMigration());
        rest.add(Bounties.migration());
        return open(rest);
    }

    private static Database open(List<Migration> more) {
        Database database =
                Database.open(
                        TestPostgres.shared().url(TestPostgres.freshName()),
                        LocalPostgres.USER,
                        new Secret(""),
                        10);
        List<Migration> migrations = new ArrayList<>();
        migrations.add(LedgerStore.migration());
        migrations.add(EarningStore.migration());
        migrations.add(Till.migration());
        migrations.addAll(NodeStore.migrations());
        migrations.add(KeyStore.migration());
        migrations.add(LedgerStore.seals());
        migrations.addAll(Till.laterMigrations());
        migrations.addAll(more);
        migrations.add(House.migration());
        Migrations.apply(database, migrations);
        return database;
    }

    static void execute(Database database, String sql) {
        database.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        });
    }

    static long number(Database database, String sql) {
        return database.read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    /// The operations that tried to claim a token.
    static List<UUID> operations(Database database, String tokenKey) {
        return database.read(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement(
                            "SELECT o.id FROM mint_operation o JOIN payment p"
                                    + " ON p.id = o.payment_id WHERE p.token_key = ?")) {
                query.setString(1, tokenKey);
                List<UUID> ids = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        ids.add(rows.getObject(1, UUID.class));
                    }
                }
                return ids;
            }
        });
    }

    /// The swaps of a payment's change, with their states.
    static Map<UUID, String> changes(Database database, String paymentId) {
        return database.read(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement(
                            "SELECT id, state FROM mint_operation WHERE change_of = ?")) {
                query.setString(1, paymentId);
                Map<UUID, String> states = new HashMap<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        states.put(rows.getObject(1, UUID.class), rows.getString(2));
                    }
                }
                return states;
            }
        });
    }

    /// Fills an account's pots.
    static void fund(Database database, LedgerStore ledger, long account, long sats, long credit) {
        post(database, ledger, Account.OPERATOR_EQUITY, Account.sats(account), sats);
        post(database, ledger, Account.CREDIT_GRANT, Account.credit(account), credit);
    }

    private static void post(
            Database database, LedgerStore ledger, Account from, Account to, long amount) {
        if (amount == 0) {
            return;
        }
        Transfer transfer =
                Transfer.moving()
                        .take(from, Msat.of(amount))
                        .give(to, Msat.of(amount))
                        .of("test", to.toString());
        database.inTransaction(connection -> ledger.post(connection, transfer));
    }

    /// A large coin out of nowhere, booked as the operator's.
    static void addFloat(Database database, LedgerStore ledger, long amount) {
        execute(
                database,
                """
                WITH o AS (
                    INSERT INTO mint_operation (id, kind, purpose, inputs, keyset_id, unit,
                        fee_steps, state, owner_boot, created_at)
                    VALUES (gen_random_uuid(), 'mint', 'float', '[]', '0123456789abcdef', 'msat',
                        0, 'done', 'x', now())
                    RETURNING id
                )
                INSERT INTO vault_proof (operation_id, position, unit, keyset_id, amount, secret, r,
                    c, state)
                SELECT o.id, 0, 'msat', '0123456789abcdef', %d, 'float', '00',
                    '02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5', 'held'
                FROM o
                """
                        .formatted(amount));
        post(database, ledger, Account.ECASH_TREASURY, Account.OPERATOR_EQUITY, amount);
    }

    /// Small coins out of nowhere, booked as the operator's.
    static void addKits(Database database, LedgerStore ledger, int count, int name) {
        execute(
                database,
                """
                WITH o AS (
                    INSERT INTO mint_operation (id, kind, purpose, inputs, keyset_id, unit,
                        fee_steps, state, owner_boot, created_at)
                    VALUES (gen_random_uuid(), 'mint', 'float', '[]', '0123456789abcdef', 'msat',
                        0, 'done', 'x', now())
                    RETURNING id
                ), k AS (
                    INSERT INTO kit (state) SELECT 'free' FROM generate_series(1, %d) RETURNING id
                )
                INSERT INTO vault_proof (operation_id, position, unit, keyset_id, amount, secret, r,
                    c, state, kit_id)
                SELECT o.id, k.id * 10 + bit, 'msat', '0123456789abcdef', 1 << bit,
                    'kit ' || k.id || ' ' || bit, '00',
                    '02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5', 'held',
                    k.id
                FROM o, k, generate_series(0, 9) AS bit
                """
                        .formatted(count));
        Transfer transfer =
                Transfer.moving()
                        .take(Account.ECASH_TREASURY, Msat.of(1_023L * count))
                        .give(Account.OPERATOR_EQUITY, Msat.of(1_023L * count))
                        .of("float", "test" + name);
        database.inTransaction(connection -> ledger.post(connection, transfer));
    }
}
