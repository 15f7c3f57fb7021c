package me.owlrun.mint.quote;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.BlindedMessage;
import me.owlrun.cashu.Proof;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migration;
import me.owlrun.mint.keys.Signer.SignedMessage;
import me.owlrun.mint.ledger.Entry;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.Operation;
import me.owlrun.mint.ledger.PendingRows;
import me.owlrun.mint.ledger.Recorded;
import me.owlrun.mint.outcome.ErrorCode;
import me.owlrun.mint.step.Step;
import me.owlrun.mint.step.Steps;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The rows of the table `melt_attempt`, and with them the life of a payment: begun, then paid or
/// released by the holder of its lease, each in one transaction with quote and ledger.
public final class MeltAttemptStore {

    private static final String V020 = "V020__melt_evidence.sql";

    private static final String INSERT =
            """
            INSERT INTO melt_attempt (id, quote_id, payment_hash, request_sha256, input_amount,
                                      fee_amount, state, lease_owner, lease_until, created_at,
                                      ended_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String OTHER =
            """
            SELECT state FROM melt_attempt
            WHERE payment_hash = ? AND state IN ('PENDING', 'PAID')
            """;

    private static final String END =
            """
            UPDATE melt_attempt SET state = ?, ended_at = ?, loss_msat = ?
            WHERE id = ? AND lease_owner = ? AND state = 'PENDING'
            """;

    private final Database database;
    private final Steps steps;

    /// @param database where the table lies
    MeltAttemptStore(Database database, Steps steps) {
        this.database = database;
        this.steps = steps;
    }

    /// The migration that adds what is known of an attempt, and the breaker.
    public static Migration migration() {
        var resource = MeltAttemptStore.class.getResourceAsStream(V020);
        if (resource == null) {
            throw new DatabaseException("the resource " + V020 + " is missing in this build");
        }
        return Migration.read(V020, resource);
    }

    /// Writes down the intent to pay: from here on the inputs are pending and the blanks reserved,
    /// until somebody knows for certain how it ended.
    ///
    /// @return a refusal when quote, invoice, inputs or blanks are taken; then nothing is written
    Optional<ErrorCode> begin(
            MeltAttempt attempt,
            PaymentHash hash,
            List<Proof> inputs,
            List<BlindedMessage> blanks,
            Instant now,
            Instant leaseUntil) {
        return database.transaction(connection -> {
            Optional<ErrorCode> taken = taken(connection, attempt.quoteId());
            if (taken.isPresent()) {
                return taken;
            }
            if (!insert(connection, attempt, hash, now, Optional.of(leaseUntil))) {
                return Optional.of(rollBackAndNameOther(connection, hash));
            }
            // Quotes before the ledger, whose totals are hot, as in every transaction.
            MeltQuoteStore.setState(connection, attempt.quoteId(), "PENDING", now);
            Recorded reserved =
                    PendingRows.reserve(
                            connection, attempt.id(), attempt.requestHash(), inputs, blanks);
            return reserved instanceof Recorded.Fresh
                    ? Optional.empty()
                    : Optional.of(code(reserved));
        });
    }

    /// Pays a mint quote of this mint from a melt quote: inputs spent, change issued and the mint
    /// quote credited at once, without Lightning.
    ///
    /// @return a refusal when anything is taken; then nothing is written
    Optional<ErrorCode> settleInternally(MeltAttempt attempt, MintQuote payee, Entry entry) {
        Instant now = entry.operation().createdAt();
        return database.transaction(connection -> {
            // Always the mint quote first, then the melt quote: crossing payments cannot block.
            Optional<String> preimageHex = MintQuoteStore.lockUnpaid(connection, payee.id());
            if (preimageHex.isEmpty()) {
                return Optional.of(ErrorCode.INVOICE_PAID);
            }
            Optional<ErrorCode> taken = taken(connection, attempt.quoteId());
            if (taken.isPresent()) {
                return taken;
            }
            if (!insert(connection, attempt, payee.paymentHash(), now, Optional.empty())) {
                return Optional.of(rollBackAndNameOther(connection, payee.paymentHash()));
            }
            MeltQuote.Paid paid = new MeltQuote.Paid(preimageHex.get(), 0);
            MeltQuoteStore.setPaid(connection, attempt.quoteId(), paid, now);
            String paymentId = "internal:" + attempt.id();
            MintQuoteStore.credit(connection, payee.id(), paymentId, payee.amount(), now);
            Recorded recorded = LedgerStore.record(connection, entry);
            if (!(recorded instanceof Recorded.Fresh)) {
                return Optional.of(code(recorded));
            }
            steps.reached(Step.MELT_WRITTEN);
            return Optional.empty();
        });
    }

    /// Ends an attempt as paid: inputs spent, change issued on the blanks.
    ///
    /// @param operation the row of history, with the attempt's identifier
    /// @param change signatures for the first blanks
    /// @param loss what Lightning took beyond amount and fee reserve; the mint bears it
    /// @return false when somebody else holds the lease; then nothing is written
    boolean finish(
            MeltAttempt attempt,
            MeltQuote.Paid paid,
            Operation operation,
            List<SignedMessage> change,
            Msat loss) {
        Instant now = operation.createdAt();
        return database.transaction(connection -> {
            if (!end(connection, attempt, "PAID", now, loss)) {
                return false;
            }
            MeltQuoteStore.setPaid(connection, attempt.quoteId(), paid, now);
            PendingRows.finish(connection, operation, change);
            steps.reached(Step.MELT_WRITTEN);
            return true;
        });
    }

    /// Ends an attempt as failed: the inputs are the wallet's again.
    ///
    /// @return false when somebody else holds the lease; then nothing is written
    boolean release(MeltAttempt attempt, Instant now) {
        return database.transaction(connection -> {
            if (!end(connection, attempt, "FAILED", now, Msat.ZERO)) {
                return false;
            }
            MeltQuoteStore.setState(connection, attempt.quoteId(), "UNPAID", now);
            PendingRows.release(connection, attempt.id());
            steps.reached(Step.MELT_WRITTEN);
            return true;
        });
    }

    private static Optional<ErrorCode> taken(Connection connection, UUID quoteId)
            throws SQLException {
        return switch (MeltQuoteStore.lockedState(connection, quoteId)) {
            case "UNPAID" -> Optional.empty();
            case "PENDING" -> Optional.of(ErrorCode.QUOTE_PENDING);
            default -> Optional.of(ErrorCode.INVOICE_PAID);
        };
    }

    /// Adds an attempt, pending with a lease or paid without.
    private static boolean insert(
            Connection connection,
            MeltAttempt attempt,
            PaymentHash hash,
            Instant now,
            Optional<Instant> leaseUntil)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setObject(1, attempt.id());
            insert.setObject(2, attempt.quoteId());
            insert.setString(3, hash.hex());
            insert.setBytes(4, attempt.requestHash().bytes());
            insert.setLong(5, attempt.inputAmount());
            insert.setLong(6, attempt.feeAmount());
            insert.setString(7, leaseUntil.isPresent() ? "PENDING" : "PAID");
            insert.setObject(8, attempt.leaseOwner());
            insert.setObject(9, MintQuoteStore.timestamp(leaseUntil.orElse(now)));
            insert.setObject(10, MintQuoteStore.timestamp(now));
            insert.setObject(11, leaseUntil.isPresent() ? null : MintQuoteStore.timestamp(now));
            return insert.executeUpdate() == 1;
        }
    }

    private static ErrorCode rollBackAndNameOther(Connection connection, PaymentHash hash)
            throws SQLException {
        connection.rollback();
        try (PreparedStatement query = connection.prepareStatement(OTHER)) {
            query.setString(1, hash.hex());
            try (ResultSet row = query.executeQuery()) {
                boolean paid = row.next() && row.getString("state").equals("PAID");
                return paid ? ErrorCode.INVOICE_PAID : ErrorCode.QUOTE_PENDING;
            }
        }
    }

    private static boolean end(
            Connection connection, MeltAttempt attempt, String state, Instant now, Msat loss)
            throws SQLException {
        try (PreparedStatement end = connection.prepareStatement(END)) {
            end.setString(1, state);
            end.setObject(2, MintQuoteStore.timestamp(now));
            end.setLong(3, loss.value());
            end.setObject(4, attempt.id());
            end.setObject(5, attempt.leaseOwner());
            return end.executeUpdate() == 1;
        }
    }

    private static ErrorCode code(Recorded notWritten) {
        return switch (notWritten) {
            case Recorded.Conflict(ErrorCode code) -> code;
            case Recorded.Replay(var _) -> ErrorCode.INVOICE_PAID;
            case Recorded.Fresh() -> throw new IllegalArgumentException("it was written");
        };
    }
}
