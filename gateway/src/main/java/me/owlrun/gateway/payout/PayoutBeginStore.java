package me.owlrun.gateway.payout;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.SpendPicker;
import me.owlrun.gateway.vault.SpendStore;
import me.owlrun.gateway.vault.WorthStore;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// Writes payouts down: the row, the hold and the coins in one transaction, after every check.
final class PayoutBeginStore {

    /// How long the payout is left to the thread that began it.
    private static final Duration KEEP = Duration.ofSeconds(60);

    /// What began to be spent longer ago does not count as on its way back.
    private static final Duration SOON = Duration.ofMinutes(2);

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofHours(24);

    /// One new Lightning payout at a time, at all gateways, so that caps hold.
    private static final String LOCK_CAPS = "SELECT pg_advisory_xact_lock(5577006791947779410)";

    /// An account's payouts begin one after the other.
    private static final String LOCK_BALANCE =
            """
            SELECT balance_msat FROM account WHERE kind = 'sats' AND owner = ? FOR UPDATE
            """;

    /// What failed may be tried again with its key, but an invoice that failed cannot: who asks
    /// again wants to know what became of it.
    private static final String BY_KEY =
            "SELECT "
                    + PayoutRows.COLUMNS
                    + """
                    , request_sha256 = ? AS same FROM payout
                    WHERE account_id = ? AND idempotency_key = ?
                        AND (state <> 'failed'
                            OR (request_sha256 = ? AND bolt11 IS NOT NULL AND address = ''))
                    ORDER BY state = 'failed', created_at DESC LIMIT 1
                    """;

    private static final String HAS_OPEN =
            """
            SELECT 1 FROM payout
            WHERE account_id = ? AND method = 'lightning'
                AND state IN ('sent', 'unknown', 'recalling')
            """;

    /// An own invoice would pay an account's money into the float.
    private static final String INVOICE_KNOWN =
            """
            SELECT 1 FROM payout WHERE payment_hash = ?
            UNION ALL SELECT 1 FROM float_quote WHERE lower(invoice) = ?
            """;

    private static final String SUMS =
            """
            SELECT
                coalesce(sum(amount_msat) FILTER (WHERE created_at > ?), 0),
                coalesce(sum(amount_msat) FILTER (WHERE account_id = ?), 0)
            FROM payout
            WHERE method = 'lightning' AND state <> 'failed' AND created_at > ?
            """;

    private static final String SUM_OPEN =
            """
            SELECT coalesce(sum(amount_msat), 0) FROM payout
            WHERE method = 'lightning' AND state IN ('sent', 'unknown', 'recalling')
            """;

    /// What payouts that began a short while ago take out of the coins they spend.
    private static final String LEAVING =
            """
            SELECT coalesce(sum(amount_msat + reserve_msat), 0)::bigint FROM payout
            WHERE state IN ('sent', 'unknown', 'recalling') AND unit = ? AND created_at > ?
            """;

    private static final String INSERT =
            """
            INSERT INTO payout (id, account_id, method, automatic, idempotency_key, request_sha256,
                state, amount_msat, reserve_msat, unit, encoding, address, bolt11, payment_hash,
                quote_expires_at, operation_id, given_count, next_look_at, owner_boot, created_at)
            VALUES (?, ?, ?, ?, ?, ?, 'sent', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            RETURNING
            """
                    + PayoutRows.COLUMNS;

    private final Database database;
    private final LedgerStore ledger;
    private final PayoutRules rules;
    private final EscrowRows escrow;
    private final InstantSource clock;
    private final String bootId;
    private final SpendStore vault = new SpendStore();

    PayoutBeginStore(
            Database database,
            LedgerStore ledger,
            PayoutRules rules,
            EscrowRows escrow,
            InstantSource clock,
            String bootId) {
        this.escrow = escrow;
        this.database = database;
        this.ledger = ledger;
        this.rules = rules;
        this.clock = clock;
        this.bootId = bootId;
    }

    /// Writes a payout down, or tells why not.
    Began begin(PayoutRequest request) {
        return database.transaction(connection -> {
            if (request.invoice().isPresent()) {
                lockCaps(connection);
            }
            Msat balance = lockBalance(connection, request.accountId());
            Optional<Began> before = repeated(connection, request);
            if (before.isPresent()) {
                return before.get();
            }
            Optional<Began> refused = refused(connection, request, balance);
            if (refused.isPresent()) {
                return refused.get();
            }
            Optional<SpendPicker.Picked> coins =
                    vault.pick(connection, request.unit(), request.needSteps(), request.fees());
            return coins.isEmpty()
                    ? missing(connection, request)
                    : new Began.Opened(write(connection, request, coins.get()));
        });
    }

    /// A lost race is no shortage: coins that others lock, and what comes back of those that others
    /// spend, can be had soon.
    private Began missing(Connection connection, PayoutRequest request) throws SQLException {
        Instant since = clock.instant().minus(SOON);
        WorthStore.Worth worth = WorthStore.of(connection, request.unit(), since);
        String unit = request.unit().text();
        long leaving = number(connection, LEAVING, unit, since.atOffset(ZoneOffset.UTC));
        long back = worth.moving() - request.unit().ceilSteps(Msat.of(leaving));
        long soon = Math.addExact(worth.here(), Math.max(back, 0));
        long fees = WorthStore.feesMax(connection, request.unit(), request.fees());
        return soon >= Math.addExact(request.needSteps(), fees)
                ? new Began.VaultBusy()
                : new Began.VaultShort();
    }

    private static void lockCaps(Connection connection) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(LOCK_CAPS)) {
            lock.execute();
        }
    }

    private static Msat lockBalance(Connection connection, long accountId) throws SQLException {
        return Msat.of(number(connection, LOCK_BALANCE, Long.toString(accountId)));
    }

    private static Optional<Began> repeated(Connection connection, PayoutRequest request)
            throws SQLException {
        if (request.idempotencyKey().isEmpty()) {
            return Optional.empty();
        }
        return find(
                connection, request.accountId(), request.idempotencyKey().get(), request.sha256());
    }

    /// What came before under an Idempotency-Key, if anything.
    static Optional<Began> find(Connection connection, long accountId, String key, String sha256)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(BY_KEY)) {
            query.setString(1, sha256);
            query.setLong(2, accountId);
            query.setString(3, key);
            query.setString(4, sha256);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                if (!row.getBoolean("same")) {
                    return Optional.of(new Began.KeyReused());
                }
            }
            return PayoutRows.first(query).map(Began.Repeated::new);
        }
    }

    private Optional<Began> refused(Connection connection, PayoutRequest request, Msat balance)
            throws SQLException {
        Msat wanted = request.amount().plus(request.reserve());
        if (balance.compareTo(wanted) < 0) {
            return Optional.of(new Began.Insufficient(balance));
        }
        Msat free = balance.minus(escrow.held(connection, request.accountId()).min(balance));
        if (free.compareTo(wanted) < 0) {
            return Optional.of(new Began.InEscrow(free));
        }
        if (request.invoice().isEmpty()) {
            return Optional.empty();
        }
        PayoutRequest.ToPay invoice = request.invoice().get();
        if (number(connection, HAS_OPEN, request.accountId()) > 0) {
            return Optional.of(new Began.InProgress());
        }
        String bolt11 = invoice.bolt11().toLowerCase(Locale.ROOT);
        if (number(connection, INVOICE_KNOWN, invoice.paymentHash(), bolt11) > 0) {
            return Optional.of(new Began.InvoiceReused());
        }
        return capped(connection, request).map(Began.Capped::new);
    }

    private Optional<String> capped(Connection connection, PayoutRequest request)
            throws SQLException {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        long hour;
        long accountDay;
        try (PreparedStatement query = connection.prepareStatement(SUMS)) {
            query.setObject(1, now.minus(HOUR));
            query.setLong(2, request.accountId());
            query.setObject(3, now.minus(DAY));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                hour = row.getLong(1);
                accountDay = row.getLong(2);
            }
        }
        long amount = request.amount().value();
        if (Math.addExact(accountDay, amount) > rules.accountDayMax().value()) {
            return Optional.of("account and day");
        }
        if (Math.addExact(hour, amount) > rules.hourMax().value()) {
            return Optional.of("all accounts and hour");
        }
        return Math.addExact(number(connection, SUM_OPEN), amount) > rules.openMax().value()
                ? Optional.of("payouts under way")
                : Optional.empty();
    }

    private Payout write(Connection connection, PayoutRequest request, SpendPicker.Picked coins)
            throws SQLException {
        String id = "po_" + UUID.randomUUID().toString().replace("-", "");
        MintOperation operation = request.plan().apply(coins);
        vault.begin(connection, operation, coins, bootId, clock.instant());
        Msat held = request.amount().plus(request.reserve());
        Payout payout = insert(connection, id, request, operation.id());
        ledger.post(connection, PayoutTransfers.hold(id, request.accountId(), held));
        return payout;
    }

    private Payout insert(Connection connection, String id, PayoutRequest request, UUID operation)
            throws SQLException {
        Instant now = clock.instant();
        Optional<PayoutRequest.ToPay> invoice = request.invoice();
        List<Object> values =
                List.of(
                        id,
                        request.accountId(),
                        request.method().name().toLowerCase(Locale.ROOT),
                        request.automatic(),
                        request.idempotencyKey(),
                        request.sha256(),
                        request.amount().value(),
                        request.reserve().value(),
                        request.unit().text(),
                        request.tokenB() ? "B" : "A",
                        request.address(),
                        invoice.map(PayoutRequest.ToPay::bolt11),
                        invoice.map(PayoutRequest.ToPay::paymentHash),
                        invoice.flatMap(PayoutRequest.ToPay::expiresAt)
                                .map(at -> at.atOffset(ZoneOffset.UTC)),
                        operation,
                        request.givenCount(),
                        now.plus(KEEP).atOffset(ZoneOffset.UTC),
                        bootId,
                        now.atOffset(ZoneOffset.UTC));
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (int i = 0; i < values.size(); i++) {
                Object value = values.get(i);
                insert.setObject(
                        i + 1, value instanceof Optional<?> some ? some.orElse(null) : value);
            }
            return PayoutRows.first(insert).orElseThrow();
        }
    }

    private static long number(Connection connection, String sql, Object... values)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                query.setObject(i + 1, values[i]);
            }
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }
}
