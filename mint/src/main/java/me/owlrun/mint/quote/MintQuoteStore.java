package me.owlrun.mint.quote;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Point;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migration;
import me.owlrun.mint.ledger.Entry;
import me.owlrun.mint.ledger.LedgerStore;
import me.owlrun.mint.ledger.Recorded;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The rows of the tables `mint_quote` and `incoming_payment`.
public final class MintQuoteStore {

    private static final String V004 = "V004__quotes.sql";
    private static final String V015 = "V015__mint_quote_details.sql";

    private static final String INSERT =
            """
            INSERT INTO mint_quote (id, unit, amount, request, payment_hash, preimage, pubkey,
                                    expires_at, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String FIND =
            """
            SELECT id, unit, amount, request, payment_hash, pubkey, amount_paid, amount_issued,
                   expires_at, updated_at
            FROM mint_quote
            """;

    private static final String FIND_BY_ID = FIND + "WHERE id = ?";

    private static final String FIND_BY_HASH = FIND + "WHERE payment_hash = ?";

    private static final String LOCK_UNPAID =
            """
            SELECT preimage FROM mint_quote WHERE id = ? AND amount_paid = 0 FOR UPDATE
            """;

    private static final String INSERT_PAYMENT =
            """
            INSERT INTO incoming_payment (payment_id, quote_id, amount, kept_msat, settle_index,
                                          received_at)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String HEAR =
            """
            UPDATE incoming_payment SET settle_index = ? WHERE payment_id = ? AND settle_index < ?
            """;

    private static final String HEARD_INDEX =
            """
            SELECT coalesce(max(settle_index), 0) FROM incoming_payment
            """;

    private static final String CREDIT =
            """
            UPDATE mint_quote SET amount_paid = amount_paid + ?, updated_at = ? WHERE id = ?
            """;

    private static final String ISSUE =
            """
            UPDATE mint_quote SET amount_issued = amount_issued + ?, updated_at = ?
            WHERE id = ? AND amount_paid - amount_issued >= ?
            """;

    private final Database database;

    /// @param database where the tables lie
    public MintQuoteStore(Database database) {
        this.database = database;
    }

    /// The migration that makes the tables of this package.
    public static Migration migration() {
        return migration(V004);
    }

    /// The migration that adds locks and the backend's details.
    public static Migration detailsMigration() {
        return migration(V015);
    }

    private static Migration migration(String name) {
        var resource = MintQuoteStore.class.getResourceAsStream(name);
        if (resource == null) {
            throw new DatabaseException("the resource " + name + " is missing in this build");
        }
        return Migration.read(name, resource);
    }

    void insert(MintQuote quote, String preimageHex) {
        database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                insert.setObject(1, quote.id());
                insert.setString(2, quote.unit().text());
                insert.setLong(3, quote.amount());
                insert.setString(4, quote.request());
                insert.setString(5, quote.paymentHash().hex());
                insert.setBytes(6, HexFormat.of().parseHex(preimageHex));
                insert.setBytes(7, quote.pubkey().map(Point::toBytes).orElse(null));
                insert.setObject(8, timestamp(quote.expiresAt()));
                insert.setObject(9, timestamp(quote.updatedAt()));
                insert.setObject(10, timestamp(quote.updatedAt()));
                insert.executeUpdate();
            }
        });
    }

    Optional<MintQuote> find(UUID id) {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(FIND_BY_ID)) {
                query.setObject(1, id);
                return one(query);
            }
        });
    }

    Optional<MintQuote> find(PaymentHash hash) {
        return database.transaction(connection -> find(connection, hash));
    }

    static Optional<MintQuote> find(Connection connection, PaymentHash hash) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(FIND_BY_HASH)) {
            query.setString(1, hash.hex());
            return one(query);
        }
    }

    /// How far the backend's stream was heard.
    long heardIndex() {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(HEARD_INDEX);
                    ResultSet row = query.executeQuery()) {
                return row.next() ? row.getLong(1) : 0L;
            }
        });
    }

    /// Credits a payment unless it was credited before.
    void credit(UUID quoteId, IncomingPayment payment, Instant now) {
        database.inTransaction(connection -> credit(connection, quoteId, payment, now));
    }

    static void credit(
            Connection connection, UUID quoteId, String paymentId, long amount, Instant now)
            throws SQLException {
        credit(connection, quoteId, new IncomingPayment(paymentId, amount, Msat.ZERO, 0), now);
    }

    private static void credit(
            Connection connection, UUID quoteId, IncomingPayment payment, Instant now)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_PAYMENT);
                PreparedStatement credit = connection.prepareStatement(CREDIT)) {
            insert.setString(1, payment.id());
            insert.setObject(2, quoteId);
            insert.setLong(3, payment.amount());
            insert.setLong(4, payment.kept().value());
            insert.setLong(5, payment.settleIndex());
            insert.setObject(6, timestamp(now));
            if (insert.executeUpdate() == 0) {
                hear(connection, payment);
                return;
            }
            credit.setLong(1, payment.amount());
            credit.setObject(2, timestamp(now));
            credit.setObject(3, quoteId);
            credit.executeUpdate();
        }
    }

    private static void hear(Connection connection, IncomingPayment payment) throws SQLException {
        try (PreparedStatement hear = connection.prepareStatement(HEAR)) {
            hear.setLong(1, payment.settleIndex());
            hear.setString(2, payment.id());
            hear.setLong(3, payment.settleIndex());
            hear.executeUpdate();
        }
    }

    /// Issues ecash for quotes, as a whole or not at all.
    ///
    /// @param shares what each quote gives
    /// @return empty when a quote does not allow it and the request is not a replay
    Optional<Recorded> issue(List<MintShare> shares, Entry entry) {
        return database.transaction(connection -> {
            if (take(connection, shares, entry.operation().createdAt())) {
                return Optional.of(LedgerStore.record(connection, entry));
            }
            Recorded why =
                    LedgerStore.rollBackAndExplain(
                            connection,
                            entry.operation().requestHash(),
                            entry.inputs(),
                            entry.outputs());
            return why instanceof Recorded.Replay ? Optional.of(why) : Optional.empty();
        });
    }

    /// In the order of the quotes' identifiers, so that two batches never wait for each other.
    private static boolean take(Connection connection, List<MintShare> shares, Instant now)
            throws SQLException {
        List<MintShare> sorted =
                shares.stream().sorted(Comparator.comparing(MintShare::quoteId)).toList();
        try (PreparedStatement issue = connection.prepareStatement(ISSUE)) {
            for (MintShare share : sorted) {
                issue.setLong(1, share.amount());
                issue.setObject(2, timestamp(now));
                issue.setObject(3, share.quoteId());
                issue.setLong(4, share.amount());
                if (issue.executeUpdate() != 1) {
                    return false;
                }
            }
            return true;
        }
    }

    /// Locks a quote that nothing was paid for and gives its preimage; empty when it was paid.
    static Optional<String> lockUnpaid(Connection connection, UUID quoteId) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(LOCK_UNPAID)) {
            query.setObject(1, quoteId);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(HexFormat.of().formatHex(row.getBytes("preimage")))
                        : Optional.empty();
            }
        }
    }

    private static Optional<MintQuote> one(PreparedStatement query) throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            return row.next() ? Optional.of(quote(row)) : Optional.empty();
        }
    }

    private static MintQuote quote(ResultSet row) throws SQLException {
        return new MintQuote(
                row.getObject("id", UUID.class),
                CurrencyUnit.ofText(row.getString("unit")).orElseThrow(),
                row.getLong("amount"),
                row.getString("request"),
                new PaymentHash(row.getString("payment_hash")),
                Optional.ofNullable(row.getBytes("pubkey")).map(Point::fromBytes),
                row.getLong("amount_paid"),
                row.getLong("amount_issued"),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }

    static OffsetDateTime timestamp(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
