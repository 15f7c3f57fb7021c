package me.owlrun.gateway.admin;

import me.owlrun.db.Database;
import me.owlrun.db.Migration;

import java.io.InputStream;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Objects;

/// The migration of the operator's tables, and a sign of life of the database.
public final class OperateStore {

    private static final String MIGRATION = "V025__operate.sql";

    private OperateStore() {}

    /// The migration that makes the tables.
    public static Migration migration() {
        InputStream sql = OperateStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// Whether the database answers; throws when it does not.
    public static boolean ping(Database database) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT 1");
                    ResultSet row = query.executeQuery()) {
                return row.next();
            }
        });
    }
}
