package me.owlrun.gateway.notice;

import me.owlrun.db.Database;
import me.owlrun.gateway.notice.Broadcast.Severity;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The rows of `broadcast`.
public final class BroadcastStore {

    private static final String COLUMNS =
            """
            SELECT id, title, message, severity, created_at, ends_at FROM broadcast
            """;

    private static final String CURRENT =
            COLUMNS
                    + """
                    WHERE ended_at IS NULL AND (ends_at IS NULL OR ends_at > ?)
                    ORDER BY id DESC LIMIT ?
                    """;

    private static final String ADD =
            """
            INSERT INTO broadcast (title, message, severity, created_at, ends_at)
            VALUES (?, ?, ?, ?, ?) RETURNING id
            """;

    private static final String END =
            """
            UPDATE broadcast SET ended_at = ? WHERE id = ? AND ended_at IS NULL
            """;

    private final Database database;

    /// @param database where the table lies
    public BroadcastStore(Database database) {
        this.database = database;
    }

    /// Those in force, the newest first.
    List<Broadcast> current(Instant now, int countMax) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(CURRENT)) {
                query.setObject(1, now.atOffset(ZoneOffset.UTC));
                query.setInt(2, countMax);
                List<Broadcast> found = new ArrayList<>();
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        found.add(broadcast(rows));
                    }
                }
                return found;
            }
        });
    }

    private static Broadcast broadcast(ResultSet rows) throws SQLException {
        return new Broadcast(
                rows.getLong("id"),
                rows.getString("title"),
                rows.getString("message"),
                Severity.valueOf(rows.getString("severity").toUpperCase(Locale.ROOT)),
                rows.getObject("created_at", OffsetDateTime.class).toInstant(),
                Optional.ofNullable(rows.getObject("ends_at", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant));
    }

    long add(
            String title,
            String message,
            Severity severity,
            Instant now,
            Optional<Instant> endsAt) {
        return database.transaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(ADD)) {
                insert.setString(1, title);
                insert.setString(2, message);
                insert.setString(3, severity.text());
                insert.setObject(4, now.atOffset(ZoneOffset.UTC));
                insert.setObject(5, endsAt.map(end -> end.atOffset(ZoneOffset.UTC)).orElse(null));
                try (ResultSet row = insert.executeQuery()) {
                    row.next();
                    return row.getLong(1);
                }
            }
        });
    }

    /// Ends one; false when there is none of this number in force.
    boolean end(long id, Instant now) {
        return database.transaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(END)) {
                update.setObject(1, now.atOffset(ZoneOffset.UTC));
                update.setLong(2, id);
                return update.executeUpdate() == 1;
            }
        });
    }
}
