package me.owlrun.gateway.node;

import me.owlrun.db.Database;
import me.owlrun.gateway.job.NodeIdentity;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;

/// Reads when nodes last gave up a model.
final class SwitchStore {

    private static final String SINCE =
            """
            SELECT provider_id, node_id, models_switched_at FROM node
            WHERE models_switched_at >= ?
            """;

    private final Database database;

    SwitchStore(Database database) {
        this.database = database;
    }

    /// The switches since a time.
    Map<NodeIdentity, Instant> since(Instant from) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(SINCE)) {
                query.setObject(1, from.atOffset(ZoneOffset.UTC));
                try (ResultSet rows = query.executeQuery()) {
                    Map<NodeIdentity, Instant> switches = new HashMap<>();
                    while (rows.next()) {
                        switches.put(
                                new NodeIdentity(rows.getLong(1), rows.getString(2)),
                                rows.getObject(3, OffsetDateTime.class).toInstant());
                    }
                    return switches;
                }
            }
        });
    }
}
