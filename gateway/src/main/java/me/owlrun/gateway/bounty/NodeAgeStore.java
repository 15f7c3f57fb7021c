package me.owlrun.gateway.bounty;

import me.owlrun.db.Database;
import me.owlrun.gateway.job.NodeIdentity;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Optional;

/// Reads how long nodes are here and on how many days they served.
final class NodeAgeStore {

    private static final String FIRST =
            "SELECT first_registered_at FROM node WHERE provider_id = ? AND node_id = ?";

    private static final String SERVED =
            "SELECT count(*) FROM provider_day WHERE provider_id = ? AND day >= ? AND day < ?";

    private final Database database;

    NodeAgeStore(Database database) {
        this.database = database;
    }

    /// When a node came.
    Optional<Instant> firstRegisteredAt(NodeIdentity node) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(FIRST)) {
                query.setLong(1, node.providerId());
                query.setString(2, node.nodeId());
                try (ResultSet row = query.executeQuery()) {
                    return row.next()
                            ? Optional.of(row.getObject(1, OffsetDateTime.class).toInstant())
                            : Optional.empty();
                }
            }
        });
    }

    /// On how many days a provider served, from one day until before another.
    long daysServed(long providerId, LocalDate from, LocalDate before) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(SERVED)) {
                query.setLong(1, providerId);
                query.setObject(2, from);
                query.setObject(3, before);
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                }
            }
        });
    }
}
