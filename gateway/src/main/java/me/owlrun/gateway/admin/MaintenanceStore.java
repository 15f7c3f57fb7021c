package me.owlrun.gateway.admin;

import me.owlrun.db.Database;
import me.owlrun.gateway.job.NodeIdentity;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/// The rows of `node_maintenance`.
public final class MaintenanceStore {

    private static final String ALL =
            """
            SELECT provider_id, node_id, reason, since FROM node_maintenance
            """;

    private static final String BEGIN =
            """
            INSERT INTO node_maintenance (provider_id, node_id, reason, since) VALUES (?, ?, ?, ?)
            ON CONFLICT (provider_id, node_id) DO UPDATE SET reason = excluded.reason
            """;

    private static final String END =
            """
            DELETE FROM node_maintenance WHERE provider_id = ? AND node_id = ?
            """;

    private final Database database;

    /// @param database where the table lies
    public MaintenanceStore(Database database) {
        this.database = database;
    }

    Map<NodeIdentity, Maintenance.Rest> all() {
        return database.read(connection -> {
            Map<NodeIdentity, Maintenance.Rest> all = new HashMap<>();
            try (PreparedStatement query = connection.prepareStatement(ALL);
                    ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    all.put(
                            new NodeIdentity(
                                    rows.getLong("provider_id"), rows.getString("node_id")),
                            new Maintenance.Rest(
                                    rows.getString("reason"),
                                    rows.getObject("since", OffsetDateTime.class).toInstant()));
                }
            }
            return Map.copyOf(all);
        });
    }

    void begin(NodeIdentity node, String reason, Instant now) {
        database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(BEGIN)) {
                insert.setLong(1, node.providerId());
                insert.setString(2, node.nodeId());
                insert.setString(3, reason);
                insert.setObject(4, now.atOffset(ZoneOffset.UTC));
                insert.executeUpdate();
            }
        });
    }

    void end(NodeIdentity node) {
        database.inTransaction(connection -> {
            try (PreparedStatement delete = connection.prepareStatement(END)) {
                delete.setLong(1, node.providerId());
                delete.setString(2, node.nodeId());
                delete.executeUpdate();
            }
        });
    }
}
