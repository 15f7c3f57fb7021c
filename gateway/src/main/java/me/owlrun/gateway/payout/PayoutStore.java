package me.owlrun.gateway.payout;

import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Token;
import me.owlrun.cashu.TokenCodec;
import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.vault.MintOperation;
import me.owlrun.gateway.vault.SpendStore;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
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

/// The rows of `payout` as they change. Each change is one transaction with the coins and the
/// transfer it is about, and only of the version that was read.
final class PayoutStore implements PayoutBook {

    private static final String CLAIM_OPEN =
            """
            UPDATE payout SET next_look_at = ?, owner_boot = ?
            WHERE id IN (
                SELECT p.id FROM payout p
                WHERE p.state IN ('sent', 'unknown', 'recalling')
                    AND (p.next_look_at <= ? OR (p.owner_boot <> ? AND NOT EXISTS (
                        SELECT 1 FROM gateway_instance i
                        WHERE i.boot_id = p.owner_boot AND i.lease_until > now())))
                ORDER BY p.next_look_at LIMIT ?
                FOR UPDATE OF p SKIP LOCKED)
            RETURNING
            """
                    + PayoutRows.COLUMNS;

    private static final String SEND_AGAIN =
            """
            UPDATE payout SET state = 'unknown', sends = sends + 1, version = version + 1
            WHERE id = ? AND version = ? RETURNING
            """
                    + PayoutRows.COLUMNS;

    private static final String LATER =
            """
            UPDATE payout SET state = ?, evidence = ?, looks = looks + 1, next_look_at = ?,
                version = version + 1
            WHERE id = ? AND version = ? RETURNING
            """
                    + PayoutRows.COLUMNS;

    private static final String RECALLING =
            """
            UPDATE payout SET state = 'recalling', recall_id = ?, failure = ?,
                version = version + 1
            WHERE id = ? AND version = ? RETURNING
            """
                    + PayoutRows.COLUMNS;

    private static final String NOT_RECALLED =
            """
            UPDATE payout SET state = 'unknown', failure = NULL, evidence = ?, next_look_at = ?,
                looks = looks + 1, version = version + 1
            WHERE id = ? AND version = ? RETURNING
            """
                    + PayoutRows.COLUMNS;

    private static final String PAID =
            """
            UPDATE payout SET state = 'paid', fee_msat = ?, preimage = ?, token = ?, failure = NULL,
                evidence = '', closed_at = ?, version = version + 1
            WHERE id = ? AND version = ? RETURNING
            """
                    + PayoutRows.COLUMNS;

    private static final String FAILED =
            """
            UPDATE payout SET state = 'failed', failure = ?, closed_at = ?, version = version + 1
            WHERE id = ? AND version = ? RETURNING
            """
                    + PayoutRows.COLUMNS;

    private final Database database;
    private final LedgerStore ledger;
    private final PayoutBeginStore begins;
    private final PayeeStore payees;
    private final InstantSource clock;
    private final String bootId;
    private final String mintPublic;
    private final SpendStore vault = new SpendStore();

    /// @param mintPublic the mint's address in tokens
    PayoutStore(
            Database database,
            LedgerStore ledger,
            PayeeStore payees,
            PayoutRules rules,
            EscrowRows escrow,
            InstantSource clock,
            String bootId,
            String mintPublic) {
        this.database = database;
        this.ledger = ledger;
        this.begins = new PayoutBeginStore(database, ledger, rules, escrow, clock, bootId);
        this.payees = payees;
        this.clock = clock;
        this.bootId = bootId;
        this.mintPublic = mintPublic;
    }

    @Override
    public Began begin(PayoutRequest request) {
        return begins.begin(request);
    }

    @Override
    public List<Payout> claimOpen(int countMax, Duration keepFor) {
        OffsetDateTime now = now();
        return database.transaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(CLAIM_OPEN)) {
                update.setObject(1, now.plus(keepFor));
                update.setString(2, bootId);
                update.setObject(3, now);
                update.setString(4, bootId);
                update.setInt(5, countMax);
                return PayoutRows.all(update);
            }
        });
    }

    @Override
    public MintOperation operation(UUID id) {
        return database.transaction(connection -> vault.find(connection, id));
    }

    @Override
    public Optional<Payout> sendingAgain(Payout payout) {
        return change(payout, SEND_AGAIN);
    }

    @Override
    public Optional<Payout> later(
            Payout payout, Payout.State next, String evidence, Duration wait) {
        return change(
                payout, LATER, next.name().toLowerCase(Locale.ROOT), evidence, now().plus(wait));
    }

    @Override
    public Optional<Payout> recalling(Payout payout, MintOperation recall, Failure failure) {
        return database.transaction(connection -> {
            if (!isCurrent(connection, payout)) {
                return Optional.empty();
            }
            UUID melt = payout.operation();
            vault.beginRecall(connection, recall, melt, bootId, clock.instant());
            return change(connection, payout, RECALLING, recall.id(), failure.text());
        });
    }

    @Override
    public Optional<Payout> notRecalled(Payout payout, int code) {
        return database.transaction(connection -> {
            if (!isCurrent(connection, payout)) {
                return Optional.empty();
            }
            UUID recall = payout.recall().orElseThrow();
            UUID melt = payout.operation();
            vault.recallRefused(connection, recall, melt, code, clock.instant());
            return change(
                    connection,
                    payout,
                    NOT_RECALLED,
                    "the coins could not be taken back, code " + code,
                    now().plus(BackOff.untilNextLook(payout.looks())));
        });
    }

    @Override
    public Optional<Payout> paid(Payout payout, PayoutEvent.Arrived arrived) {
        return database.transaction(connection -> {
            if (!isCurrent(connection, payout)) {
                return Optional.empty();
            }
            MintOperation operation = vault.find(connection, payout.operation());
            boolean ecash = payout.method() == Payout.Method.ECASH;
            Msat fee =
                    ecash
                            ? withdrawn(connection, payout, operation, arrived.proofs())
                            : melted(connection, payout, operation, arrived.proofs());
            if (!ecash) {
                payees.paid(connection, payout.accountId());
            }
            return change(
                    connection,
                    payout,
                    PAID,
                    fee.value(),
                    arrived.preimageHex(),
                    ecash
                            ? Optional.of(token(payout, operation, arrived.proofs()))
                            : Optional.empty(),
                    now());
        });
    }

    private Msat withdrawn(
            Connection connection, Payout payout, MintOperation swap, List<Proof> proofs)
            throws SQLException {
        int given = payout.givenCount();
        vault.withdrawn(connection, swap, proofs, given, clock.instant());
        Msat mintFee = swap.unit().toMsat(swap.feeSteps());
        ledger.post(
                connection, PayoutTransfers.paid(payout, payout.amount().plus(mintFee), Msat.ZERO));
        return Msat.ZERO;
    }

    /// What Lightning cost is what the inputs were worth less the mint's fee for them, the change
    /// and the amount. The payee pays it up to the reserve; a mint that took more is our loss.
    private Msat melted(
            Connection connection, Payout payout, MintOperation melt, List<Proof> change)
            throws SQLException {
        vault.melted(connection, melt, change, clock.instant());
        long changeSteps = change.stream().mapToLong(Proof::amount).reduce(0, Math::addExact);
        long spentSteps = Math.subtractExact(melt.inputSteps(), changeSteps);
        Msat spent = melt.unit().toMsat(spentSteps);
        Msat way = spent.minus(payout.amount()).minus(melt.unit().toMsat(melt.feeSteps()));
        Msat notNegative = way.isNegative() ? Msat.ZERO : way;
        Msat fee = notNegative.compareTo(payout.reserve()) < 0 ? notNegative : payout.reserve();
        ledger.post(connection, PayoutTransfers.paid(payout, spent, fee));
        return fee;
    }

    private String token(Payout payout, MintOperation swap, List<Proof> proofs) {
        List<Proof> given =
                proofs.subList(0, payout.givenCount()).stream().map(Proof::withoutDleq).toList();
        Token token = new Token(mintPublic, swap.unit().text(), Optional.empty(), given);
        return payout.tokenB() ? TokenCodec.encodeB(token) : TokenCodec.encodeA(token);
    }

    @Override
    public Optional<Payout> declined(Payout payout, Failure failure, int code) {
        return database.transaction(connection -> {
            if (!isCurrent(connection, payout)) {
                return Optional.empty();
            }
            vault.refused(connection, payout.operation(), code, clock.instant());
            ledger.post(connection, PayoutTransfers.notPaid(payout, Msat.ZERO));
            return change(connection, payout, FAILED, failure.text(), now());
        });
    }

    @Override
    public Optional<Payout> recalled(Payout payout, List<Proof> proofs) {
        return database.transaction(connection -> {
            if (!isCurrent(connection, payout)) {
                return Optional.empty();
            }
            MintOperation recall = vault.find(connection, payout.recall().orElseThrow());
            vault.recalled(connection, recall, payout.operation(), proofs, clock.instant());
            ledger.post(connection, PayoutTransfers.notPaid(payout, fee(recall)));
            Failure failure = payout.failure().orElse(Failure.TEMPORARY);
            if (payout.automatic()) {
                payees.failed(connection, payout.accountId(), failure, clock.instant());
            }
            return change(connection, payout, FAILED, failure.text(), now());
        });
    }

    private static Msat fee(MintOperation swap) {
        long in = swap.inputSteps();
        long out = swap.outputs().stream().mapToLong(OutputData::amount).sum();
        return swap.unit().toMsat(in - out);
    }

    private static boolean isCurrent(Connection connection, Payout payout) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT " + PayoutRows.COLUMNS + " FROM payout WHERE id = ? FOR UPDATE")) {
            query.setString(1, payout.id());
            return PayoutRows.first(query)
                    .filter(now -> now.version() == payout.version())
                    .isPresent();
        }
    }

    private Optional<Payout> change(Payout payout, String sql, Object... values) {
        return database.transaction(connection -> change(connection, payout, sql, values));
    }

    private static Optional<Payout> change(
            Connection connection, Payout payout, String sql, Object... values)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            int next = 1;
            for (Object value : values) {
                update.setObject(
                        next++, value instanceof Optional<?> some ? some.orElse(null) : value);
            }
            update.setString(next++, payout.id());
            update.setInt(next, payout.version());
            return PayoutRows.first(update);
        }
    }

    private OffsetDateTime now() {
        Instant now = clock.instant();
        return now.atOffset(ZoneOffset.UTC);
    }
}
