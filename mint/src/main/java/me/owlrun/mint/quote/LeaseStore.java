package me.owlrun.mint.quote;

import me.owlrun.db.Database;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The leases of open attempts and what was seen of them, in the table `melt_attempt`. Every write
/// is the holder's: whoever lost the lease changes nothing.
final class LeaseStore {

    private static final String CLAIM =
            """
            UPDATE melt_attempt SET lease_owner = ?, lease_until = ?, checks = checks + 1
            WHERE id = (SELECT id FROM melt_attempt
                        WHERE state = 'PENDING' AND lease_until <= ?
                        ORDER BY lease_until
                        LIMIT 1
                        FOR UPDATE SKIP LOCKED)
            RETURNING id, quote_id, request_sha256, input_amount, fee_amount, lease_owner, checks,
                      created_at, node_id, answer, failed_at
            """;

    private static final String SEND =
            """
            UPDATE melt_attempt
            SET node_id = coalesce(node_id, ?), sends = sends + 1, answer = NULL,
                failed_at = NULL, lease_until = ?
            WHERE id = ? AND lease_owner = ? AND state = 'PENDING' AND lease_until > ?
            """;

    private static final String SAW =
            """
            UPDATE melt_attempt
            SET outcome = ?, outcome_at = ?, failed_at = ?, answer = coalesce(?, answer),
                lease_until = ?
            WHERE id = ? AND lease_owner = ? AND state = 'PENDING'
            """;

    private static final String ALARM =
            """
            UPDATE melt_attempt SET alarmed_at = ?
            WHERE id = ? AND lease_owner = ? AND alarmed_at IS NULL
            """;

    /// Only when no later attempt is the one that paid the invoice.
    private static final String PAID_AFTER_RELEASE =
            """
            UPDATE melt_attempt a SET loss_msat = ?
            WHERE id = ? AND state = 'FAILED' AND loss_msat = 0
              AND NOT EXISTS (SELECT 1 FROM melt_attempt o
                              WHERE o.payment_hash = a.payment_hash
                                AND o.state IN ('PENDING', 'PAID'))
            """;

    /// Those that the operator has seen, when melting was last resumed, count no more.
    private static final String COUNT_STRANGE =
            """
            SELECT count(*) FROM melt_attempt
            WHERE state = 'PENDING' AND outcome IN ('UNKNOWN', 'BAD_PREIMAGE', 'OTHER_NODE')
              AND created_at > coalesce((SELECT max(resumed_at) FROM melt_breaker), '-infinity')
            """;

    private static final String OPEN =
            """
            SELECT a.id, a.quote_id, q.unit, q.amount, a.created_at, a.node_id, a.sends, a.answer,
                   a.outcome, a.outcome_at, a.failed_at, a.checks, a.lease_owner, a.lease_until
            FROM melt_attempt a JOIN melt_quote q ON q.id = a.quote_id
            WHERE a.state = 'PENDING'
            ORDER BY a.created_at, a.id
            LIMIT ?
            """;

    private static final String LOSS =
            """
            SELECT coalesce(sum(loss_msat), 0)::bigint FROM melt_attempt WHERE loss_msat > 0
            """;

    private final Database database;

    /// @param database where the table lies
    LeaseStore(Database database) {
        this.database = database;
    }

    /// Takes over an attempt whose lease ran out, the longest overdue first.
    ///
    /// @param owner the new holder
    Optional<MeltAttempt> claimOverdue(UUID owner, Instant now, Instant leaseUntil) {
        return database.transaction(connection -> {
            try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
                claim.setObject(1, owner);
                claim.setObject(2, MintQuoteStore.timestamp(leaseUntil));
                claim.setObject(3, MintQuoteStore.timestamp(now));
                try (ResultSet row = claim.executeQuery()) {
                    return row.next() ? Optional.of(attempt(row)) : Optional.empty();
                }
            }
        });
    }

    /// Writes down that this node is about to be asked to pay, and starts the lease anew.
    ///
    /// @return false when the lease ran out or somebody else has it; then nothing may be sent
    boolean send(MeltAttempt attempt, String nodeId, Instant now, Instant leaseUntil) {
        return database.transaction(connection -> {
            try (PreparedStatement send = connection.prepareStatement(SEND)) {
                send.setString(1, nodeId);
                send.setObject(2, MintQuoteStore.timestamp(leaseUntil));
                send.setObject(3, attempt.id());
                send.setObject(4, attempt.leaseOwner());
                send.setObject(5, MintQuoteStore.timestamp(now));
                return send.executeUpdate() == 1;
            }
        });
    }

    /// Writes down what was seen of an attempt that did not end.
    ///
    /// @param answer what asking to pay was answered, if it was asked since the last time
    /// @param leaseUntil until then nobody else takes it over
    /// @return false when somebody else has the lease
    boolean saw(
            MeltAttempt attempt,
            Optional<Sight> answer,
            Sight sight,
            Instant now,
            Instant leaseUntil) {
        Optional<Instant> failedAt = attempt.evidence().failedAt();
        return database.transaction(connection -> {
            try (PreparedStatement saw = connection.prepareStatement(SAW)) {
                saw.setString(1, sight.name());
                saw.setObject(2, MintQuoteStore.timestamp(now));
                saw.setObject(3, failedAt.map(MintQuoteStore::timestamp).orElse(null));
                saw.setString(4, answer.map(Sight::name).orElse(null));
                saw.setObject(5, MintQuoteStore.timestamp(leaseUntil));
                saw.setObject(6, attempt.id());
                saw.setObject(7, attempt.leaseOwner());
                return saw.executeUpdate() == 1;
            }
        });
    }

    /// Whether this is the first alarm for an attempt.
    boolean alarm(MeltAttempt attempt, Instant now) {
        return database.transaction(connection -> {
            try (PreparedStatement alarm = connection.prepareStatement(ALARM)) {
                alarm.setObject(1, MintQuoteStore.timestamp(now));
                alarm.setObject(2, attempt.id());
                alarm.setObject(3, attempt.leaseOwner());
                return alarm.executeUpdate() == 1;
            }
        });
    }

    /// Books a payment that went out although its inputs were given back, as the mint's loss. It
    /// takes a process that slept at the worst moment, and a node that let it.
    ///
    /// @return false when that is not what happened, or it is booked already
    boolean paidAfterRelease(MeltAttempt attempt, Msat cost) {
        return database.transaction(connection -> {
            try (PreparedStatement book = connection.prepareStatement(PAID_AFTER_RELEASE)) {
                book.setLong(1, cost.value());
                book.setObject(2, attempt.id());
                return book.executeUpdate() == 1;
            }
        });
    }

    /// How many open attempts somebody should look into.
    long countStrange() {
        return number(COUNT_STRANGE);
    }

    /// What Lightning took beyond amounts and fee reserves, ever.
    Msat loss() {
        return Msat.of(number(LOSS));
    }

    private long number(String sql) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(sql);
                    ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("a count without a row");
                }
                return row.getLong(1);
            }
        });
    }

    /// Open attempts, the oldest first.
    List<OpenMelt> open(int countMax) {
        return database.transaction(connection -> open(connection, countMax));
    }

    private static List<OpenMelt> open(Connection connection, int countMax) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(OPEN)) {
            query.setInt(1, countMax);
            List<OpenMelt> open = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    open.add(openMelt(row));
                }
            }
            return open;
        }
    }

    private static OpenMelt openMelt(ResultSet row) throws SQLException {
        return new OpenMelt(
                row.getObject("id", UUID.class),
                row.getObject("quote_id", UUID.class),
                row.getString("unit"),
                row.getLong("amount"),
                instant(row, "created_at").orElseThrow(),
                Optional.ofNullable(row.getString("node_id")),
                row.getInt("sends"),
                Optional.ofNullable(row.getString("answer")),
                Optional.ofNullable(row.getString("outcome")),
                instant(row, "outcome_at"),
                instant(row, "failed_at"),
                row.getInt("checks"),
                row.getObject("lease_owner", UUID.class),
                instant(row, "lease_until").orElseThrow());
    }

    private static MeltAttempt attempt(ResultSet row) throws SQLException {
        return new MeltAttempt(
                row.getObject("id", UUID.class),
                row.getObject("quote_id", UUID.class),
                MeltQuoteStore.requestHash(row),
                row.getLong("input_amount"),
                row.getLong("fee_amount"),
                row.getObject("lease_owner", UUID.class),
                row.getInt("checks"),
                new MeltAttempt.Evidence(
                        instant(row, "created_at").orElseThrow(),
                        Optional.ofNullable(row.getString("node_id")),
                        Sight.FAILED.name().equals(row.getString("answer")),
                        instant(row, "failed_at")));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
                .map(OffsetDateTime::toInstant);
    }
}
