package me.owlrun.gateway.pay;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Token;
import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.gateway.meter.Bill;
import me.owlrun.gateway.meter.EarningStore;
import me.owlrun.gateway.meter.ProviderTier;
import me.owlrun.gateway.vault.ChangePicker;
import me.owlrun.gateway.vault.KitStore;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.VaultProof;
import me.owlrun.gateway.vault.VaultStore;
import me.owlrun.money.Msat;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The rows of `payment` and `bill`. Each step of a payment is one transaction here, in which row,
/// vault and ledger change together; each names the state and the owner it starts from, so that of
/// two that try only one succeeds.
final class PaymentStore {

    private static final String MIGRATION = "V012__payments.sql";

    private static final String INSERT =
            """
            INSERT INTO payment (id, token_key, idempotency_key, state, owner_boot, model, unit,
                encoding, paid_msat, created_at, next_attempt_at)
            VALUES (?, ?, ?, 'intent', ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """;

    private static final String OPEN_AND_ABANDONED =
            """
            WHERE p.state IN ('intent', 'claimed') AND p.next_attempt_at <= ?
                AND (p.owner_boot = ? OR NOT EXISTS (
                    SELECT 1 FROM gateway_instance i
                    WHERE i.boot_id = p.owner_boot AND i.lease_until > now()))
            ORDER BY p.created_at LIMIT ?
            """;

    private static final String STEP =
            """
            UPDATE payment SET state = ? WHERE id = ? AND state = ? AND owner_boot = ?
            """;

    private static final String LOCK_CLAIMED =
            """
            SELECT 1 FROM payment WHERE id = ? AND state = 'claimed' AND owner_boot = ? FOR UPDATE
            """;

    private static final String CLOSE =
            """
            UPDATE payment SET state = ?, cost_msat = ?, change_msat = ?, change_token = ?,
                change_token_msat = ?, closed_at = ?
            WHERE id = ? AND state = 'claimed' AND owner_boot = ?
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
    private final BillStore bills = new BillStore();
    private final LedgerStore ledger;
    private final EarningStore earnings;
    private final InstantSource clock;
    private final String mintUrl;

    /// @param mintUrl the address written into change tokens
    PaymentStore(
            Database database,
            LedgerStore ledger,
            EarningStore earnings,
            InstantSource clock,
            String mintUrl) {
        this.database = database;
        this.ledger = ledger;
        this.earnings = earnings;
        this.clock = clock;
        this.mintUrl = mintUrl;
    }

    static Migration migration() {
        InputStream sql = PaymentStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
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
        return database.transaction(connection -> {
            if (!insert(connection, payment, tender, idempotencyKey)) {
                return Begun.REPEATED;
            }
            if (payment.unit() == CurrencyUnit.SAT && !kits.reserve(connection, payment.id())) {
                connection.rollback();
                return Begun.NO_KIT;
            }
            vault.insert(
                    connection,
                    claim,
                    new VaultStore.Owner(payment.ownerBoot(), Optional.of(payment.id())),
                    List.of(),
                    clock.instant());
            return Begun.STARTED;
        });
    }

    private boolean insert(
            Connection connection, Payment payment, Tender tender, Optional<String> idempotencyKey)
            throws SQLException {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, payment.id());
            insert.setString(2, tender.key());
            insert.setString(3, idempotencyKey.orElse(null));
            insert.setString(4, payment.ownerBoot());
            insert.setString(5, payment.model());
            insert.setString(6, payment.unit().text());
            insert.setString(7, payment.encoding().name());
            insert.setLong(8, payment.paid().value());
            insert.setObject(9, now);
            insert.setObject(10, now);
            return insert.executeUpdate() == 1;
        }
    }

    /// The payment made with a token, unless it was refused.
    Optional<Payment> ofToken(String tokenKey) {
        return database.transaction(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement(
                            PaymentRows.SELECT
                                    + "WHERE p.token_key = ? AND p.state <> 'refused'")) {
                query.setString(1, tokenKey);
                return PaymentRows.read(query).stream().findFirst();
            }
        });
    }

    /// Open payments of gateways that are gone, and all of this boot's own.
    List<Payment> openAndAbandoned(String ownBoot, int countMax) {
        return database.transaction(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement(PaymentRows.SELECT + OPEN_AND_ABANDONED)) {
                query.setObject(1, clock.instant().atOffset(ZoneOffset.UTC));
                query.setString(2, ownBoot);
                query.setInt(3, countMax);
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
        database.inTransaction(connection -> {
            step(connection, payment, "intent", "claimed");
            requireFirst(vault.done(connection, claim, proofs, clock.instant()), payment);
            ledger.post(
                    connection,
                    Transfer.moving()
                            .take(Account.ECASH_TREASURY, payment.paid())
                            .give(Account.JOB_ESCROW, payment.paid())
                            .of("claim", payment.id()));
        });
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

    /// Pays the provider, keeps our share and gives the rest back.
    Receipt settle(Payment payment, Service service) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        return database.transaction(connection -> {
            lockClaimed(connection, payment);
            ProviderTier tier = earnings.tier(connection, service.providerId(), today);
            Bill bill = service.bill().apply(tier);
            Change change = giveChange(connection, payment, payment.paid().minus(bill.cost()));
            close(connection, payment, "settled", change);
            bills.insert(connection, payment, service, bill, clock.instant());
            earnings.add(connection, service.providerId(), today, bill);
            ledger.post(
                    connection,
                    Transfer.moving()
                            .take(Account.JOB_ESCROW, payment.paid())
                            .give(Account.sats(service.providerId()), bill.split().provider())
                            .give(Account.FEE, bill.split().fee())
                            .give(Account.FX, bill.split().fx())
                            .give(Account.ECASH_TREASURY, change.change())
                            .of("settle", payment.id()));
            return new Receipt(change.cost(), Optional.of(bill), Optional.of(change));
        });
    }

    /// Gives everything back.
    Receipt refund(Payment payment) {
        return database.transaction(connection -> {
            lockClaimed(connection, payment);
            Change change = giveChange(connection, payment, payment.paid());
            close(connection, payment, "refunded", change);
            ledger.post(
                    connection,
                    Transfer.moving()
                            .take(Account.JOB_ESCROW, payment.paid())
                            .give(Account.ECASH_TREASURY, payment.paid())
                            .of("refund", payment.id()));
            return new Receipt(Msat.ZERO, Optional.empty(), Optional.of(change));
        });
    }

    private static void lockClaimed(Connection connection, Payment payment) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(LOCK_CLAIMED)) {
            query.setString(1, payment.id());
            query.setString(2, payment.ownerBoot());
            try (ResultSet rows = query.executeQuery()) {
                requireFirst(rows.next(), payment);
            }
        }
    }

    /// Takes exact change out of the vault: from the payment's own proofs, and in sats the rest
    /// below a sat from its kit.
    private Change giveChange(Connection connection, Payment payment, Msat change)
            throws SQLException {
        Msat cost = payment.paid().minus(change);
        CurrencyUnit unit = payment.unit();
        List<VaultProof> own =
                ChangePicker.pick(
                        vault.heldOfPayment(connection, payment.id()), unit.floorSteps(change));
        vault.give(connection, own, payment.id());
        if (unit == CurrencyUnit.MSAT) {
            return new Change(token(payment, own, unit), Optional.empty(), change, cost);
        }
        Msat rest = change.subSat();
        if (rest.equals(Msat.ZERO)) {
            kits.free(connection, payment.id());
            return new Change(token(payment, own, unit), Optional.empty(), change, cost);
        }
        List<VaultProof> small =
                ChangePicker.pick(vault.kitOfPayment(connection, payment.id()), rest.value());
        vault.give(connection, small, payment.id());
        kits.use(connection, payment.id());
        return new Change(
                token(payment, own, unit),
                Optional.of(token(payment, small, CurrencyUnit.MSAT)),
                change,
                cost);
    }

    private String token(Payment payment, List<VaultProof> proofs, CurrencyUnit unit) {
        if (proofs.isEmpty()) {
            return "";
        }
        List<Proof> coins = proofs.stream().map(VaultProof::proof).toList();
        return payment.encoding().encode(new Token(mintUrl, unit.text(), Optional.empty(), coins));
    }

    private static void step(Connection connection, Payment payment, String from, String to)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(STEP)) {
            update.setString(1, to);
            update.setString(2, payment.id());
            update.setString(3, from);
            update.setString(4, payment.ownerBoot());
            requireOne(update.executeUpdate(), payment);
        }
    }

    private void close(Connection connection, Payment payment, String state, Change change)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(CLOSE)) {
            update.setString(1, state);
            update.setLong(2, change.cost().value());
            update.setLong(3, change.change().value());
            update.setString(4, change.token());
            update.setString(5, change.tokenMsat().orElse(null));
            update.setObject(6, clock.instant().atOffset(ZoneOffset.UTC));
            update.setString(7, payment.id());
            update.setString(8, payment.ownerBoot());
            requireOne(update.executeUpdate(), payment);
        }
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
}
