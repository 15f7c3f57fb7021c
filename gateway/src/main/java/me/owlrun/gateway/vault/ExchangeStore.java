package me.owlrun.gateway.vault;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;
import me.owlrun.db.Database;
import me.owlrun.db.Migration;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.money.Msat;

import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// The rows of `exchange` as they change. Each change is one transaction with the coins it is
/// about, and only of the version that was read.
public final class ExchangeStore {

    private static final String MIGRATION = "V028__exchanges.sql";

    private static final String INSERT =
            """
            INSERT INTO exchange (id, state, from_unit, to_unit, amount_msat, mint_quote, pay_id,
                owner_boot, created_at)
            VALUES (?, 'paying', ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING RETURNING
            """
                    + ExchangeRows.COLUMNS;

    /// Those of this start of this gateway, and of gateways that are gone.
    private static final String OPEN =
            "SELECT "
                    + ExchangeRows.COLUMNS
                    + """
                     FROM exchange
                    WHERE state IN ('paying', 'taking', 'recalling')
                        AND (owner_boot = ? OR NOT EXISTS (
                            SELECT 1 FROM gateway_instance i
                            WHERE i.boot_id = owner_boot AND i.lease_until > now()))
                    """;

    private static final String OLDEST_OPEN =
            """
            SELECT min(created_at) FROM exchange WHERE state IN ('paying', 'taking', 'recalling')
            """;

    private static final String CURRENT =
            "SELECT " + ExchangeRows.COLUMNS + " FROM exchange WHERE id = ? FOR UPDATE";

    private static final String TAKING =
            """
            UPDATE exchange SET state = 'taking', take_id = ?, version = version + 1
            WHERE id = ? RETURNING
            """
                    + ExchangeRows.COLUMNS;

    private static final String RECALLING =
            """
            UPDATE exchange SET state = 'recalling', recall_id = ?, version = version + 1
            WHERE id = ? RETURNING
            """
                    + ExchangeRows.COLUMNS;

    private static final String NOT_RECALLED =
            """
            UPDATE exchange SET state = 'paying', version = version + 1 WHERE id = ? RETURNING
            """
                    + ExchangeRows.COLUMNS;

    private static final String DONE =
            """
            UPDATE exchange SET state = 'done', fee_msat = ?, closed_at = ?, version = version + 1
            WHERE id = ? RETURNING
            """
                    + ExchangeRows.COLUMNS;

    private static final String FAILED =
            """
            UPDATE exchange SET state = 'failed', closed_at = ?, version = version + 1
            WHERE id = ? RETURNING
            """
                    + ExchangeRows.COLUMNS;

    private final Database database;
    private final LedgerStore ledger;
    private final InstantSource clock;
    private final String bootId;
    private final SpendStore vault = new SpendStore();
    private final VaultStore operations = new VaultStore();

    /// @param bootId which start of which gateway this is
    public ExchangeStore(
            Database database, LedgerStore ledger, InstantSource clock, String bootId) {
        this.database = database;
        this.ledger = ledger;
        this.clock = clock;
        this.bootId = bootId;
    }

    /// The migration that makes the table; it follows those of payments and payouts.
    public static Migration migration() {
        InputStream sql = ExchangeStore.class.getResourceAsStream(MIGRATION);
        return Migration.read(MIGRATION, Objects.requireNonNull(sql, MIGRATION));
    }

    /// What an exchange shall be.
    record Plan(
            CurrencyUnit from, CurrencyUnit to, Msat amount, String mintQuote, long needSteps) {}

    /// What loose coins of a unit are worth, in steps; coins that others lock count, too.
    long worth(CurrencyUnit unit) {
        return database.transaction(
                connection -> WorthStore.of(connection, unit, clock.instant()).here());
    }

    boolean hasOpen() {
        return oldestOpen().isPresent();
    }

    /// Since when the one that is open is.
    Optional<Instant> oldestOpen() {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(OLDEST_OPEN)) {
                return ExchangeRows.moment(query);
            }
        });
    }

    /// Takes coins and writes the payment down; empty when coins are missing or one is open.
    Optional<Exchange> begin(
            Plan plan, SpendPicker.FeeOf fees, Function<SpendPicker.Picked, MintOperation> melt) {
        return database.transaction(connection -> {
            Optional<SpendPicker.Picked> coins =
                    vault.pick(connection, plan.from, plan.needSteps, fees);
            if (coins.isEmpty()) {
                return Optional.empty();
            }
            MintOperation pay = melt.apply(coins.get());
            vault.begin(connection, pay, coins.get(), bootId, clock.instant());
            Optional<Exchange> begun = insert(connection, plan, pay.id());
            if (begun.isEmpty()) {
                vault.refused(connection, pay.id(), 0, clock.instant());
            }
            return begun;
        });
    }

    private Optional<Exchange> insert(Connection connection, Plan plan, UUID pay)
            throws SQLException {
        return ExchangeRows.change(
                connection,
                INSERT,
                UUID.randomUUID(),
                plan.from.text(),
                plan.to.text(),
                plan.amount.value(),
                plan.mintQuote,
                pay,
                bootId,
                clock.instant().atOffset(ZoneOffset.UTC));
    }

    /// Exchanges that this gateway has to go on with.
    List<Exchange> open() {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(OPEN)) {
                query.setString(1, bootId);
                return ExchangeRows.all(query);
            }
        });
    }

    MintOperation operation(UUID id) {
        return database.transaction(connection -> operations.find(connection, id));
    }

    /// What is done with an exchange whose row is locked.
    private interface Change {
        Optional<Exchange> in(Connection connection) throws SQLException;
    }

    /// Empty when somebody else has changed it.
    private Optional<Exchange> change(Exchange read, Change change) {
        return database.transaction(connection -> {
            Optional<Exchange> now = ExchangeRows.change(connection, CURRENT, read.id());
            return now.filter(row -> row.version() == read.version()).isPresent()
                    ? change.in(connection)
                    : Optional.empty();
        });
    }

    /// Records that our invoice is paid, and writes down how the new coins are taken.
    Optional<Exchange> taking(Exchange exchange, MintOperation take) {
        return change(
                exchange,
                connection -> {
                    VaultStore.Owner owner = new VaultStore.Owner(bootId, Optional.empty());
                    operations.insert(connection, take, owner, List.of(), clock.instant());
                    if (exchange.take().isPresent()) {
                        var _ =
                                operations.refused(
                                        connection, exchange.take().get(), 0, clock.instant());
                    }
                    return ExchangeRows.change(connection, TAKING, take.id(), exchange.id());
                });
    }

    /// Writes down the swap that takes the coins back.
    Optional<Exchange> recalling(Exchange exchange, MintOperation recall) {
        return change(
                exchange,
                connection -> {
                    vault.beginRecall(connection, recall, exchange.pay(), bootId, clock.instant());
                    return ExchangeRows.change(connection, RECALLING, recall.id(), exchange.id());
                });
    }

    /// Records that the coins cannot be taken back: the payment happens.
    Optional<Exchange> notRecalled(Exchange exchange, int code) {
        UUID recall = exchange.recall().orElseThrow();
        return change(
                exchange,
                connection -> {
                    vault.recallRefused(connection, recall, exchange.pay(), code, clock.instant());
                    return ExchangeRows.change(connection, NOT_RECALLED, exchange.id());
                });
    }

    /// Records that the coins are back: nothing was exchanged.
    Optional<Exchange> recalled(Exchange exchange, MintOperation recall, List<Proof> proofs) {
        return change(
                exchange,
                connection -> {
                    vault.recalled(connection, recall, exchange.pay(), proofs, clock.instant());
                    post(connection, exchange, recall.unit().toMsat(recall.feeSteps()));
                    return ExchangeRows.change(connection, FAILED, now(), exchange.id());
                });
    }

    /// Records both halves at once: old coins spent, what was left of them and the new ones here.
    Optional<Exchange> done(
            Exchange exchange,
            MintOperation pay,
            List<Proof> left,
            MintOperation take,
            List<Proof> taken) {
        long leftSteps = left.stream().mapToLong(Proof::amount).reduce(0, Math::addExact);
        Msat spent = pay.unit().toMsat(Math.subtractExact(pay.inputSteps(), leftSteps));
        Msat fee = spent.minus(exchange.amount());
        return change(
                exchange,
                connection -> {
                    vault.melted(connection, pay, left, clock.instant());
                    if (!operations.done(connection, take, taken, clock.instant())) {
                        throw new IllegalStateException(
                                "operation " + take.id() + " has ended before");
                    }
                    post(connection, exchange, fee);
                    return ExchangeRows.change(connection, DONE, fee.value(), now(), exchange.id());
                });
    }

    private Object now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }

    /// What the mint kept is the operator's cost.
    private void post(Connection connection, Exchange exchange, Msat fee) throws SQLException {
        if (fee.isPositive()) {
            ledger.post(
                    connection,
                    Transfer.moving()
                            .give(Account.ECASH_TREASURY, fee)
                            .take(Account.OPERATOR_EQUITY, fee)
                            .of("exchange", exchange.id().toString()));
        }
    }
}
