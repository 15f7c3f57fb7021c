package me.owlrun.gateway.probe;

import com.fasterxml.jackson.databind.node.ObjectNode;

import me.owlrun.db.Database;
import me.owlrun.gateway.job.NodeIdentity;
import me.owlrun.json.Json;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.ZoneOffset;

/// Counts the jobs of the house that a node got.
final class TallyStore {

    private static final String COUNT =
            """
            SELECT count(*) AS asked,
                count(*) FILTER (WHERE verdict <> 'failed') AS answered,
                count(*) FILTER (WHERE verdict = 'right') AS good,
                count(*) FILTER (WHERE verdict = 'wrong') AS bad,
                coalesce(sum(paid_msat), 0)::bigint AS paid
            FROM house_job
            WHERE provider_id = ? AND node_id = ? AND created_at > ? AND state = 'settled'
            """;

    private final Database database;

    TallyStore(Database database) {
        this.database = database;
    }

    ObjectNode since(NodeIdentity node, Instant since) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(COUNT)) {
                query.setLong(1, node.providerId());
                query.setString(2, node.nodeId());
                query.setObject(3, since.atOffset(ZoneOffset.UTC));
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return Json.object()
                            .put("checks", row.getLong("asked"))
                            .put("answered", row.getLong("answered"))
                            .put("right", row.getLong("good"))
                            .put("wrong", row.getLong("bad"))
                            .put("paid_msats", row.getLong("paid"));
                }
            }
        });
    }
}
