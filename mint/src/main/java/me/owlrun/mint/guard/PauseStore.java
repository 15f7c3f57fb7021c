package me.owlrun.mint.guard;

import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migration;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// The rows of the table `pause`.
public final class PauseStore {

    private static final String V025 = "V025__pause.sql";

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

    /// @param database where the table lies
    public PauseStore(Database database) {
        this.database = database;
    }

    /// The migration that makes the table.
    public static Migration migration() {
        var resource = PauseStore.class.getResourceAsStream(V025);
        if (resource == null) {
            throw new DatabaseException("the resource " + V025 + " is missing in this build");
        }
        return Migration.read(V025, resource);
    }

    Map<Pausable, Pauses.Pause> all() {
        return database.transaction(connection -> {
            Map<Pausable, Pauses.Pause> all = new EnumMap<>(Pausable.class);
            try (PreparedStatement query = connection.prepareStatement(ALL);
                    ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    all.put(
                            Pausable.valueOf(rows.getString("what").toUpperCase(Locale.ROOT)),
                            new Pauses.Pause(
                                    rows.getString("reason"),
                                    rows.getObject("since", OffsetDateTime.class).toInstant()));
                }
            }
            return all;
        });
    }

    void pause(Pausable what, String reason, Instant now) {
        database.inTransaction(connection -> {
            try (PreparedStatement pause = connection.prepareStatement(PAUSE)) {
                pause.setString(1, what.text());
                pause.setString(2, reason);
                pause.setObject(3, now.atOffset(ZoneOffset.UTC));
                pause.executeUpdate();
            }
        });
    }

    void resume(Pausable what) {
        database.inTransaction(connection -> {
            try (PreparedStatement resume = connection.prepareStatement(RESUME)) {
                resume.setString(1, what.text());
                resume.executeUpdate();
            }
        });
    }
}
