package me.owlrun.mint.quote;

import me.owlrun.bolt11.PaymentHash;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Point;
import me.owlrun.db.Database;
import me.owlrun.db.DatabaseException;
import me.owlrun.db.Migration;
import me.owlrun.mint.ledger.Entry;
import me.owlrun.mint.ledger.Journal;
import me.owlrun.mint.ledger.Recorded;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
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
            WITH taken AS (
                SELECT * FROM unnest(?::uuid[], ?::bigint[]) AS t (id, amount)
            ), locked AS MATERIALIZED (
                SELECT id FROM mint_quote WHERE id IN (SELECT id FROM taken)
                ORDER BY id
                FOR UPDATE
            )
            UPDATE mint_quote q SET amount_issued = q.amount_issued + taken.amount, updated_at = ?
            FROM taken JOIN locked USING (id)
            WHERE q.id = taken.id AND q.amount_paid - q.amount_issued >= taken.amount
            """;

    private final Database database;
    private final Journal journal;

    /// @param database where the tables lie
    /// @param journal writes what is issued
    public MintQuoteStore(Database database, Journal journal) {
        this.database = database;
        this.journal = journal;
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

    /// Issues ecash for quotes, in one transaction with the ledger.
    ///
    /// @param amounts what the entry takes from each quote
    Recorded issue(SortedMap<UUID, Long> amounts, Entry entry) {
        return journal.record(entry.issuing(amounts));
    }

    /// Takes amounts from quotes as a step of the journal's transaction.
    ///
    /// @return false when less than that may still be issued for one of them
    public static boolean charge(Connection connection, SortedMap<UUID, Long> amounts, Instant now)
            throws SQLException {
        try (PreparedStatement issue = connection.prepareStatement(ISSUE)) {
            issue.setArray(1, connection.createArrayOf("uuid", amounts.keySet().toArray()));
            issue.setArray(2, connection.createArrayOf("bigint", amounts.values().toArray()));
            issue.setObject(3, timestamp(now));
            return issue.executeUpdate() == amounts.size();
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
