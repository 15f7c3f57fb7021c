package me.owlrun.gateway.pay;

import me.owlrun.batch.Batcher;
import me.owlrun.cashu.Proof;
import me.owlrun.db.Columns;
import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.ledger.LedgerJournal;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.vault.BlankSwap;
import me.owlrun.gateway.vault.KitStore;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.VaultStore;

import java.io.InputStream;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The rows of `payment`. Each step of a payment is part of one transaction, in which row, vault
/// and ledger change together and which it shares with steps of other payments; each names the
/// state and the owner it starts from, so that of two that try only one succeeds.
final class PaymentStore implements AutoCloseable {

    private static final String MIGRATION = "V012__payments.sql";
    private static final String BLANKS = "V027__blanks.sql";
    private static final String BILL_MINIMUM = "V031__bill_minimum.sql";
    private static final String BILL_FLAP = "V035__bill_flap.sql";

    /// Payments that may wait for one commit; more than connections can bring.
    private static final int QUEUE_MAX = 65_536;

    private static final String OPEN_AND_ABANDONED =
            """
            WHERE p.state IN ('intent', 'claimed') AND p.next_attempt_at <= ? AND p.id <> ALL (?)
                AND (p.owner_boot = ? OR NOT EXISTS (
                    SELECT 1 FROM gateway_instance i
                    WHERE i.boot_id = p.owner_boot AND i.lease_until > now()))
            ORDER BY p.created_at LIMIT ?
            """;

    private static final String REFUSE =
            """
            UPDATE payment SET state = 'refused', refusal = ?, closed_at = ?
            WHERE id = ? AND state = 'intent' AND owner_boot = ?
            """;

    private static final String ADOPT =
            """
            UPDATE payment SET owner_boot = ? WHERE id = ? AND owner_boot = ? AND state = ?
            """;

    private static final String POSTPONE =
            """
            UPDATE payment SET next_attempt_at = ? WHERE id = ?
            """;

    private final Database database;
    private final VaultStore vault = new VaultStore();
    private final KitStore kits = new KitStore();
    private final BookStore bookStore;
    private final InstantSource clock;
    private final Batcher<IntentRows.Intent, Begun> intents;
    private final Batcher<Books, Books.Booked> books;

    /// @param plans decides how change leaves
    PaymentStore(
            Database database,
            LedgerStore ledger,
            BillStore bills,
            InstantSource clock,
            ChangePlan.Maker plans) {
        this.database = database;
        this.clock = clock;
        this.bookStore = new BookStore(ledger, bills, clock, plans);
        this.intents =
                new Batcher<>(
                        "intents",
                        1,
                        QUEUE_MAX,
                        LedgerJournal.BATCH_MAX,
                        batch -> Batcher.together(batch, this::begin, LedgerJournal::isOfOneItem));
        this.books =
                new Batcher<>(
                        "books",
                        1,
                        QUEUE_MAX,
                        LedgerJournal.BATCH_MAX,
                        batch -> Batcher.together(batch, this::book, LedgerJournal::isOfOneItem));
    }

    static Migration migration() {
        return migration(MIGRATION);
    }

    /// The migration for change in blanks.
    static Migration blanks() {
        return migration(BLANKS);
    }

    /// The migration for the smallest cost in bills.
    static Migration billMinimum() {
        return migration(BILL_MINIMUM);
    }

    /// The migration for what nodes lose by switching models.
    static Migration billFlap() {
        return migration(BILL_FLAP);
    }

    private static Migration migration(String name) {
        InputStream sql = PaymentStore.class.getResourceAsStream(name);
        return Migration.read(name, Objects.requireNonNull(sql, name));
    }

    /// What beginning a payment gives.
    enum Begun {
        /// Its intent is written down.
        STARTED,
        /// Its token or Idempotency-Key came before.
        REPEATED,
        /// No kit of small coins is free.
        NO_KIT
    }

    /// Writes down the intent: payment, operation with its outputs, and the kit for a payment in
    /// sats; all or nothing.
    Begun begin(
            Payment payment, Tender tender, Optional<String> idempotencyKey, MintOperation claim) {
        return intents.mustAsk(new IntentRows.Intent(payment, tender, idempotencyKey, claim));
    }

    private List<Begun> begin(List<IntentRows.Intent> batch) {
        return database.transaction(
                connection -> IntentRows.write(connection, batch, clock.instant()));
    }

    /// The payment made with a token, unless it was refused.
    Optional<Payment> ofToken(String tokenKey) {
        return database.read(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement(
                            PaymentRows.SELECT
                                    + "WHERE p.token_key = ? AND p.state <> 'refused'")) {
                query.setString(1, tokenKey);
                return PaymentRows.read(query).stream().findFirst();
            }
        });
    }

    /// Open payments of gateways that are gone, and of this boot's own those that nobody is at work
    /// on.
    List<Payment> openAndAbandoned(String ownBoot, List<String> live, int countMax) {
        return database.transaction(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement(PaymentRows.SELECT + OPEN_AND_ABANDONED)) {
                query.setObject(1, clock.instant().atOffset(ZoneOffset.UTC));
                query.setArray(2, Columns.texts(connection, live, id -> id));
                query.setString(3, ownBoot);
                query.setInt(4, countMax);
                return PaymentRows.read(query);
            }
        });
    }

    /// The operation that claims a payment.
    MintOperation claimOf(Payment payment) {
        return database.transaction(connection -> vault.ofPayment(connection, payment.id()));
    }

    /// Takes a payment over as it was seen; false when it has moved on or somebody else has it.
    boolean adopt(Payment payment, String ownBoot) {
        return database.transaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(ADOPT)) {
                update.setString(1, ownBoot);
                update.setString(2, payment.id());
                update.setString(3, payment.ownerBoot());
                update.setString(4, PaymentRows.text(payment.state()));
                return update.executeUpdate() == 1;
            }
        });
    }

    /// Lets a payment rest before it is looked at again.
    void postpone(Payment payment, Duration rest) {
        Instant next = clock.instant().plus(rest);
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(POSTPONE)) {
                update.setObject(1, next.atOffset(ZoneOffset.UTC));
                update.setString(2, payment.id());
                update.executeUpdate();
            }
        });
    }

    /// Records that the proofs are ours: vault, ledger and row.
    void claimed(Payment payment, MintOperation claim, List<Proof> proofs) {
        var _ = book(new Books.Claimed(payment, claim, proofs));
    }

    /// Pays the provider, keeps our share and gives the rest back.
    Closed settle(Payment payment, Service service) {
        return close(new Books.Closing(payment, Optional.of(service)));
    }

    /// Gives everything back.
    Closed refund(Payment payment) {
        return close(new Books.Closing(payment, Optional.empty()));
    }

    /// A payment that is closed, with what is left to do.
    ///
    /// @param receipt what the buyer is told while no swap has run
    /// @param swaps the change on its way into blanks
    record Closed(String paymentId, Receipt receipt, List<BlankSwap> swaps) {}

    private Closed close(Books.Closing closing) {
        Books.Booked booked = book(closing);
        return new Closed(closing.payment().id(), booked.receipt().orElseThrow(), booked.swaps());
    }

    /// The change of a closed payment as it is stored.
    Change changeOf(String paymentId) {
        Payment payment =
                database.read(connection -> PaymentRows.find(connection, paymentId)).orElseThrow();
        if (payment.state() instanceof Payment.State.Closed(var _, Change change, var _)) {
            return change;
        }
        throw new IllegalStateException("payment " + paymentId + " is not closed");
    }

    private Books.Booked book(Books step) {
        Books.Booked booked = books.mustAsk(step);
        if (!booked.done()) {
            throw new PaymentLostException(step.payment().id());
        }
        return booked;
    }

    private List<Books.Booked> book(List<Books> batch) {
        return database.transaction(connection -> bookStore.book(connection, batch));
    }

    /// Records that nothing was claimed.
    ///
    /// @param code the mint's number, or 0 when it was never asked
    void refused(Payment payment, MintOperation claim, int code) {
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(REFUSE)) {
                update.setString(1, "mint code " + code);
                update.setObject(2, clock.instant().atOffset(ZoneOffset.UTC));
                update.setString(3, payment.id());
                update.setString(4, payment.ownerBoot());
                requireOne(update.executeUpdate(), payment);
            }
            requireFirst(vault.refused(connection, claim.id(), code, clock.instant()), payment);
            kits.free(connection, payment.id());
        });
    }

    private static void requireOne(int updated, Payment payment) {
        if (updated != 1) {
            throw new PaymentLostException(payment.id());
        }
    }

    private static void requireFirst(boolean first, Payment payment) {
        if (!first) {
            throw new PaymentLostException(payment.id());
        }
    }

    /// Writes what waits, then stops.
    @Override
    public void close() {
        intents.close();
        books.close();
    }
}
