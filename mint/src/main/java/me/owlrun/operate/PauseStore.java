package me.owlrun.operate;

import me.owlrun.db.Database;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// The rows of a table `pause` with the columns `what`, `reason` and `since`.
///
/// @param <W> what can be paused; the database knows its constants in lower case
public final class PauseStore<W extends Enum<W>> {

    private static final String ALL =
            """
            SELECT what, reason, since FROM pause
            """;

    private static final String PAUSE =
            """
            INSERT INTO pause (what, reason, since) VALUES (?, ?, ?)
            ON CONFLICT (what) DO UPDATE SET reason = excluded.reason
            """;

    private static final String RESUME =
            """
            DELETE FROM pause WHERE what = ?
            """;

    private final Database database;
    private final Class<W> type;

    /// @param database where the table lies
    /// @param type what can be paused
    public PauseStore(Database database, Class<W> type) {
        this.database = database;
        this.type = type;
    }

    Map<W, Pauses.Pause> all() {
        return database.transaction(connection -> {
            Map<W, Pauses.Pause> all = new EnumMap<>(type);
            try (PreparedStatement query = connection.prepareStatement(ALL);
                    ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    all.put(
                            Enum.valueOf(type, rows.getString("what").toUpperCase(Locale.ROOT)),
                            new Pauses.Pause(
                                    rows.getString("reason"),
                                    rows.getObject("since", OffsetDateTime.class).toInstant()));
                }
            }
            return all;
        });
    }

    void pause(W what, String reason, Instant now) {
        database.inTransaction(connection -> {
            try (PreparedStatement pause = connection.prepareStatement(PAUSE)) {
                pause.setString(1, what.name().toLowerCase(Locale.ROOT));
                pause.setString(2, reason);
                pause.setObject(3, now.atOffset(ZoneOffset.UTC));
                pause.executeUpdate();
            }
        });
    }

    void resume(W what) {
        database.inTransaction(connection -> {
            try (PreparedStatement resume = connection.prepareStatement(RESUME)) {
                resume.setString(1, what.name().toLowerCase(Locale.ROOT));
                resume.executeUpdate();
            }
        });
    }
}
