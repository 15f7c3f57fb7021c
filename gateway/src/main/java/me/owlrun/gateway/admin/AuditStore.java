package me.owlrun.gateway.admin;

import me.owlrun.db.Database;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/// The row of `audit_result`: what the last audit found, for every gateway on the database.
public final class AuditStore {

    private static final String LAST =
            """
            SELECT at, findings FROM audit_result WHERE id = 1
            """;

    private static final String RECORD =
            """
            INSERT INTO audit_result (id, at, findings) VALUES (1, ?, ?)
            ON CONFLICT (id) DO UPDATE SET at = excluded.at, findings = excluded.findings
            """;

    private final Database database;

    /// @param database where the table lies
    public AuditStore(Database database) {
        this.database = database;
    }

    /// The last result there is.
    Optional<AuditResult> last() {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(LAST);
                    ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(
                        new AuditResult(
                                row.getObject("at", OffsetDateTime.class).toInstant(),
                                List.of((String[]) row.getArray("findings").getArray())));
            }
        });
    }

    void record(Instant at, List<String> findings) {
        database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(RECORD)) {
                insert.setObject(1, at.atOffset(ZoneOffset.UTC));
                insert.setArray(2, connection.createArrayOf("text", findings.toArray()));
                insert.executeUpdate();
            }
        });
    }
}
