package me.owlrun.mint.quote;

import me.owlrun.db.Database;
import me.owlrun.mint.quote.MeltControl.Tripped;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/// The rows of the table `melt_breaker`: when melting through Lightning stopped, and why. It lies
/// in the database so that all processes stop, and stay stopped after a restart.
final class MeltBreakerStore {

    private static final String TRIP =
            """
            INSERT INTO melt_breaker (reason, attempt_id, tripped_at) VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String FIND =
            """
            SELECT reason, attempt_id, tripped_at FROM melt_breaker WHERE resumed_at IS NULL
            """;

    private static final String RESUME =
            """
            UPDATE melt_breaker SET resumed_at = ? WHERE resumed_at IS NULL
            """;

    private final Database database;

    /// @param database where the table lies
    MeltBreakerStore(Database database) {
        this.database = database;
    }

    /// Stops melting.
    ///
    /// @return false when it is stopped already
    boolean trip(String reason, UUID attemptId, Instant now) {
        return database.transaction(connection -> {
            try (PreparedStatement trip = connection.prepareStatement(TRIP)) {
                trip.setString(1, reason);
                trip.setObject(2, attemptId);
                trip.setObject(3, MintQuoteStore.timestamp(now));
                return trip.executeUpdate() == 1;
            }
        });
    }

    Optional<Tripped> tripped() {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(FIND);
                    ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(
                                new Tripped(
                                        row.getString("reason"),
                                        row.getObject("attempt_id", UUID.class),
                                        row.getObject("tripped_at", OffsetDateTime.class)
                                                .toInstant()))
                        : Optional.empty();
            }
        });
    }

    boolean resume(Instant now) {
        return database.transaction(connection -> {
            try (PreparedStatement resume = connection.prepareStatement(RESUME)) {
                resume.setObject(1, MintQuoteStore.timestamp(now));
                return resume.executeUpdate() == 1;
            }
        });
    }
}
