package me.owlrun.gateway.pay;

import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;
import me.owlrun.db.Migration;
import me.owlrun.db.Migrations;
import me.owlrun.gateway.account.KeyStore;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.node.NodeStore;
import me.owlrun.mint.testing.TestPostgres;

import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// A fresh database with the tables that payments need.
final class TestTables {

    private TestTables() {}

    static Database open() {
        Database database =
                Database.open(
                        TestPostgres.shared().url(TestPostgres.freshName()),
                        LocalPostgres.USER,
                        new Secret(""),
                        10);
        List<Migration> migrations =
                new ArrayList<>(
                        List.of(
                                LedgerStore.migration(),
                                EarningStore.migration(),
                                Till.migration(),
                                NodeStore.migration(),
                                KeyStore.migration(),
                                LedgerStore.seals()));
        migrations.addAll(Till.laterMigrations());
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
}
