package me.owlrun.gateway.trust;

import me.owlrun.db.Database;
import me.owlrun.gateway.job.NodeIdentity;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/// Reads what is known of registered nodes.
final class NodeLookStore {

    private static final String NODE =
            """
            SELECT n.gpu, n.first_registered_at, coalesce(m.reason, '') AS reason
            FROM node n LEFT JOIN node_maintenance m
                ON m.provider_id = n.provider_id AND m.node_id = n.node_id
            WHERE n.provider_id = ? AND n.node_id = ?
            """;

    private final Database database;

    /// @param database where the table lies
    NodeLookStore(Database database) {
        this.database = database;
    }

    /// A registered node.
    ///
    /// @param gpu the hardware as it names it
    /// @param reason why it gets no jobs, or empty
    record Look(String gpu, Instant firstRegisteredAt, String reason) {}

    /// A node, if it ever registered.
    Optional<Look> find(NodeIdentity node) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(NODE)) {
                query.setLong(1, node.providerId());
                query.setString(2, node.nodeId());
                try (ResultSet row = query.executeQuery()) {
                    return row.next()
                            ? Optional.of(
                                    new Look(
                                            row.getString("gpu"),
                                            row.getObject(
                                                            "first_registered_at",
                                                            OffsetDateTime.class)
                                                    .toInstant(),
                                            row.getString("reason")))
                            : Optional.empty();
                }
            }
        });
    }

    String gpu(NodeIdentity node) {
        return find(node).map(Look::gpu).orElse("");
    }
}
