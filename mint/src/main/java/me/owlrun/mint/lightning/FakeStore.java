package me.owlrun.mint.lightning;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migration;
import me.owlrun.mint.lightning.Lightning.OutgoingPayment;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

/// The rows of the tables `fake_invoice` and `fake_payment`.
public final class FakeStore {

    private static final String V003 = "V003__fake_lightning.sql";
    private static final String V021 = "V021__fake_script.sql";

    private static final String INSERT_INVOICE =
            """
            INSERT INTO fake_invoice (payment_hash, amount_msat, pays_at) VALUES (?, ?, ?)
            """;

    private static final String RECEIVED =
            """
            SELECT amount_msat FROM fake_invoice WHERE payment_hash = ? AND pays_at <= ?
            """;

    private static final String RESERVE =
            """
            UPDATE fake_invoice SET pays_at = NULL WHERE payment_hash = ? AND pays_at > ?
            """;

    /// One payment of an invoice at a time, whoever asks.
    private static final String LOCK_HASH =
            """
            SELECT pg_advisory_xact_lock(hashtextextended(?, 0))
            """;

    private static final String PAID_BY_OTHER =
            """
            SELECT 1 FROM fake_payment
            WHERE payment_hash = ? AND attempt_id <> ?
              AND check_state NOT IN ('FAILED', 'UNPAID')
            """;

    private static final String INSERT_PAYMENT =
            """
            INSERT INTO fake_payment (attempt_id, payment_hash, pay_state, check_state,
                                      check_throws, settles_at, fee_msat, unsettled_state)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String FIND_PAYMENT =
            """
            SELECT pay_state, check_state, check_throws, settles_at, fee_msat, unsettled_state
            FROM fake_payment WHERE attempt_id = ?
            """;

    private final Database database;

    /// @param database where the tables lie
    public FakeStore(Database database) {
        this.database = database;
    }

    /// The migration that makes the tables.
    public static Migration migration() {
        return migration(V003);
    }

    /// The migration that adds more of what can be scripted.
    public static Migration scriptMigration() {
        return migration(V021);
    }

    private static Migration migration(String name) {
        var resource = FakeStore.class.getResourceAsStream(name);
        if (resource == null) {
            throw new DatabaseException("the resource " + name + " is missing in this build");
        }
        return Migration.read(name, resource);
    }

    /// A payment as it was scripted when it was made.
    record Payment(
            FakeScript.State pay,
            FakeScript.State check,
            boolean checkThrows,
            Instant settlesAt,
            FakeScript.State unsettled,
            Msat fee) {}

    void insertInvoice(PaymentHash hash, Msat amount, Optional<Instant> paysAt) {
        database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(INSERT_INVOICE)) {
                insert.setString(1, hash.hex());
                insert.setLong(2, amount.value());
                insert.setObject(3, paysAt.map(FakeStore::timestamp).orElse(null));
                insert.executeUpdate();
            }
        });
    }

    Optional<Msat> received(PaymentHash hash, Instant now) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(RECEIVED)) {
                query.setString(1, hash.hex());
                query.setObject(2, timestamp(now));
                try (ResultSet row = query.executeQuery()) {
                    return row.next() ? Optional.of(Msat.of(row.getLong(1))) : Optional.empty();
                }
            }
        });
    }

    void reserve(PaymentHash hash, Instant now) {
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(RESERVE)) {
                update.setString(1, hash.hex());
                update.setObject(2, timestamp(now));
                update.executeUpdate();
            }
        });
    }

    /// Keeps a payment unless its attempt has one, and gives the one that is kept; nothing when
    /// another attempt paid the invoice or is about to.
    Optional<Payment> pay(OutgoingPayment attempt, Payment payment) {
        String hash = attempt.invoice().paymentHash().hex();
        return database.transaction(connection -> {
            try (PreparedStatement lock = connection.prepareStatement(LOCK_HASH);
                    PreparedStatement other = connection.prepareStatement(PAID_BY_OTHER);
                    PreparedStatement insert = connection.prepareStatement(INSERT_PAYMENT)) {
                lock.setString(1, hash);
                lock.execute();
                other.setString(1, hash);
                other.setObject(2, attempt.attemptId());
                try (ResultSet row = other.executeQuery()) {
                    if (row.next()) {
                        return Optional.empty();
                    }
                }
                insert.setObject(1, attempt.attemptId());
                insert.setString(2, hash);
                insert.setString(3, payment.pay().name());
                insert.setString(4, payment.check().name());
                insert.setBoolean(5, payment.checkThrows());
                insert.setObject(6, timestamp(payment.settlesAt()));
                insert.setLong(7, payment.fee().value());
                insert.setString(8, payment.unsettled().name());
                insert.executeUpdate();
                return find(connection, attempt.attemptId());
            }
        });
    }

    Optional<Payment> find(UUID attemptId) {
        return database.transaction(connection -> find(connection, attemptId));
    }

    private static Optional<Payment> find(Connection connection, UUID attemptId)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FIND_PAYMENT)) {
            query.setObject(1, attemptId);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(
                                new Payment(
                                        FakeScript.State.valueOf(row.getString("pay_state")),
                                        FakeScript.State.valueOf(row.getString("check_state")),
                                        row.getBoolean("check_throws"),
                                        row.getObject("settles_at", OffsetDateTime.class)
                                                .toInstant(),
                                        FakeScript.State.valueOf(row.getString("unsettled_state")),
                                        Msat.of(row.getLong("fee_msat"))))
                        : Optional.empty();
            }
        }
    }

    private static OffsetDateTime timestamp(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
