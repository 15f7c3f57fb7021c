package me.owlrun.gateway;

import me.owlrun.config.Secret;
import me.owlrun.db.Database;
import me.owlrun.db.LocalPostgres;

import java.sql.PreparedStatement;
import java.sql.ResultSet;

/// Looks into a gateway's database from outside.
final class TestSql {

    private TestSql() {}

    /// Changes something behind the gateway's back.
    static void execute(TestGateway gateway, String sql) {
        try (Database database =
                Database.open(gateway.databaseUrl(), LocalPostgres.USER, new Secret(""), 2)) {
            database.inTransaction(connection -> {
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    statement.execute();
                }
            });
        }
    }

    /// The one number that a query gives.
    static long number(TestGateway gateway, String sql) {
        try (Database database =
                Database.open(gateway.databaseUrl(), LocalPostgres.USER, new Secret(""), 2)) {
            return database.transaction(connection -> {
                try (PreparedStatement query = connection.prepareStatement(sql);
                        ResultSet rows = query.executeQuery()) {
                    rows.next();
                    return rows.getLong(1);
                }
            });
        }
    }

    /// The one text that a query gives.
    static String text(TestGateway gateway, String sql) {
        try (Database database =
                Database.open(gateway.databaseUrl(), LocalPostgres.USER, new Secret(""), 2)) {
            return database.transaction(connection -> {
                try (PreparedStatement query = connection.prepareStatement(sql);
                        ResultSet rows = query.executeQuery()) {
                    rows.next();
                    return rows.getString(1);
                }
            });
        }
    }
}
