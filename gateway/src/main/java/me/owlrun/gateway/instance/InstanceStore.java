package me.owlrun.gateway.instance;

import me.owlrun.db.Database;

import java.sql.PreparedStatement;
import java.time.Duration;

/// The rows of `gateway_instance`: which gateways are alive. The database's own clock judges, so
/// that machines with different clocks agree.
final class InstanceStore {

    private static final String BEGIN =
            """
            INSERT INTO gateway_instance (name, boot_id, lease_until)
            VALUES (?, ?, now() + make_interval(secs => ?))
            ON CONFLICT (name) DO UPDATE SET
                boot_id = excluded.boot_id, lease_until = excluded.lease_until
            """;

    private static final String RENEW =
            """
            UPDATE gateway_instance SET lease_until = now() + make_interval(secs => ?)
            WHERE name = ? AND boot_id = ?
            """;

    private static final String END =
            """
            DELETE FROM gateway_instance WHERE name = ? AND boot_id = ?
            """;

    private final Database database;
    private final Duration lease;

    InstanceStore(Database database, Duration lease) {
        this.database = database;
        this.lease = lease;
    }

    /// Begins a boot; one of the same name before it counts as gone from now on.
    void begin(String name, String bootId) {
        database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(BEGIN)) {
                insert.setString(1, name);
                insert.setString(2, bootId);
                insert.setLong(3, lease.toSeconds());
                insert.executeUpdate();
            }
        });
    }

    /// Prolongs the lease; false when a newer boot has taken the name.
    boolean renew(String name, String bootId) {
        return database.transaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(RENEW)) {
                update.setLong(1, lease.toSeconds());
                update.setString(2, name);
                update.setString(3, bootId);
                return update.executeUpdate() == 1;
            }
        });
    }

    /// Ends a boot in good order.
    void end(String name, String bootId) {
        database.inTransaction(connection -> {
            try (PreparedStatement delete = connection.prepareStatement(END)) {
                delete.setString(1, name);
                delete.setString(2, bootId);
                delete.executeUpdate();
            }
        });
    }
}
