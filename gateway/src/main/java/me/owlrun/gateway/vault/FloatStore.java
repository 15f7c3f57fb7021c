package me.owlrun.gateway.vault;

import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Account;
import me.owlrun.gateway.ledger.LedgerStore;
import me.owlrun.gateway.ledger.Transfer;
import me.owlrun.money.Msat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The rows of `float_quote`, and the transactions that make kits of loose msat proofs.
public final class FloatStore {

    private static final int PENDING_MAX = 20;

    private static final String HELD_MSAT =
            """
            SELECT coalesce(sum(v.amount), 0) FROM vault_proof v
            WHERE v.unit = 'msat' AND v.state IN ('held', 'spending')
                AND NOT EXISTS (
                    SELECT 1 FROM mint_operation o JOIN payment p ON p.id = o.payment_id
                    WHERE o.id = v.operation_id AND p.state IN ('intent', 'claimed'))
                AND (v.state = 'held' OR NOT EXISTS (
                    SELECT 1 FROM mint_operation s
                    WHERE s.id = v.spent_by AND s.purpose = 'change'))
            """;

    private static final String SELECT_LOOSE =
            """
            SELECT p.id, p.amount, p.keyset_id, p.secret, p.c
            FROM vault_proof p JOIN mint_operation o ON o.id = p.operation_id
            WHERE p.unit = 'msat' AND p.state = 'held' AND p.kit_id IS NULL
                AND (o.payment_id IS NULL OR EXISTS (
                    SELECT 1 FROM payment y
                    WHERE y.id = o.payment_id AND y.state IN ('settled', 'refunded')))
            ORDER BY p.amount DESC, p.id
            LIMIT ?
            FOR UPDATE OF p SKIP LOCKED
            """;

    private static final String SPEND =
            """
            UPDATE vault_proof SET state = 'spending', spent_by = ? WHERE id = ANY (?)
            """;

    private static final String OPEN_QUOTES =
            """
            SELECT quote_id, amount, invoice FROM float_quote WHERE state = 'unpaid'
            ORDER BY created_at
            """;

    private static final String COUNT_QUOTES =
            """
            SELECT count(*) FROM float_quote WHERE state IN ('unpaid', 'minting')
            """;

    private static final String INSERT_QUOTE =
            """
            INSERT INTO float_quote (quote_id, amount, invoice, state, created_at)
            VALUES (?, ?, ?, 'unpaid', ?)
            """;

    private static final String MOVE_QUOTE =
            """
            UPDATE float_quote SET state = ? WHERE quote_id = ? AND state = ?
            """;

    private final Database database;
    private final LedgerStore ledger;
    private final InstantSource clock;
    private final VaultStore.Owner owner;
    private final VaultStore vault = new VaultStore();
    private final KitStore kits = new KitStore();

    /// @param bootId which start of which gateway this is
    public FloatStore(Database database, LedgerStore ledger, InstantSource clock, String bootId) {
        this.owner = new VaultStore.Owner(bootId, Optional.empty());
        this.database = database;
        this.ledger = ledger;
        this.clock = clock;
    }

    /// An invoice that waits to be paid.
    public record OpenQuote(String id, long amount, String invoice) {}

    /// How many kits there are.
    public KitStore.Count countKits() {
        return database.transaction(kits::count);
    }

    /// Millisats in kits and loose proofs of closed payments.
    public Msat held() {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(HELD_MSAT);
                    ResultSet rows = query.executeQuery()) {
                rows.next();
                return Msat.of(rows.getLong(1));
            }
        });
    }

    public List<OpenQuote> openQuotes() {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(OPEN_QUOTES);
                    ResultSet rows = query.executeQuery()) {
                List<OpenQuote> quotes = new ArrayList<>();
                while (rows.next()) {
                    quotes.add(
                            new OpenQuote(rows.getString(1), rows.getLong(2), rows.getString(3)));
                }
                return quotes;
            }
        });
    }

    /// Whether money is on its way already.
    public boolean hasOpenQuote() {
        return database.transaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(COUNT_QUOTES);
                    ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getLong(1) > 0;
            }
        });
    }

    public void addQuote(String id, long amount, String invoice) {
        database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(INSERT_QUOTE)) {
                insert.setString(1, id);
                insert.setLong(2, amount);
                insert.setString(3, invoice);
                insert.setObject(4, clock.instant().atOffset(ZoneOffset.UTC));
                insert.executeUpdate();
            }
        });
    }

    /// Gives an unpaid invoice up.
    public void expire(String quoteId) {
        database.inTransaction(connection -> {
            if (!moveQuote(connection, quoteId, "unpaid", "expired")) {
                throw new IllegalStateException("quote " + quoteId + " is no longer unpaid");
            }
        });
    }

    private static boolean moveQuote(Connection connection, String quoteId, String from, String to)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(MOVE_QUOTE)) {
            update.setString(1, to);
            update.setString(2, quoteId);
            update.setString(3, from);
            return update.executeUpdate() == 1;
        }
    }

    /// Writes down the minting of a paid invoice; false when somebody else did.
    public boolean beginMint(MintOperation operation) {
        return database.transaction(connection -> {
            if (!moveQuote(connection, operation.quoteId().orElseThrow(), "unpaid", "minting")) {
                return false;
            }
            vault.insert(connection, operation, owner, List.of(), clock.instant());
            return true;
        });
    }

    /// What a swap into kits shall look like.
    ///
    /// @param kitCount how many kits
    /// @param operation the swap
    /// @param kitOutputs how many outputs each kit has, the kits' outputs first
    public record KitPlan(int kitCount, MintOperation operation, int kitOutputs) {}

    /// Takes loose proofs and writes down their swap into kits.
    ///
    /// @param inputsMax how many proofs to take at most
    /// @param plan decides by the proofs taken; empty when they do not suffice
    public Optional<MintOperation> beginKits(
            int inputsMax, Function<List<VaultProof>, Optional<KitPlan>> plan) {
        return database.transaction(connection -> {
            List<VaultProof> loose = loose(connection, inputsMax);
            Optional<KitPlan> chosen = plan.apply(loose);
            if (chosen.isEmpty()) {
                return Optional.empty();
            }
            MintOperation operation = chosen.get().operation();
            List<Optional<Long>> kitIds = new ArrayList<>();
            for (long id : kits.make(connection, chosen.get().kitCount())) {
                for (int i = 0; i < chosen.get().kitOutputs(); i++) {
                    kitIds.add(Optional.of(id));
                }
            }
            while (kitIds.size() < operation.outputs().size()) {
                kitIds.add(Optional.empty());
            }
            vault.insert(connection, operation, owner, kitIds, clock.instant());
            spend(connection, operation, loose);
            return Optional.of(operation);
        });
    }

    private static List<VaultProof> loose(Connection connection, int countMax) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(SELECT_LOOSE)) {
            query.setInt(1, countMax);
            return VaultStore.proofs(query);
        }
    }

    private static void spend(
            Connection connection, MintOperation operation, List<VaultProof> loose)
            throws SQLException {
        List<String> secrets = operation.inputs().stream().map(Proof::secret).toList();
        List<VaultProof> spent =
                loose.stream().filter(held -> secrets.contains(held.proof().secret())).toList();
        try (PreparedStatement update = connection.prepareStatement(SPEND)) {
            update.setObject(1, operation.id());
            update.setArray(2, VaultStore.rowIds(connection, spent));
            update.executeUpdate();
        }
    }

    public List<MintOperation> pending() {
        return database.transaction(
                connection -> vault.pendingOfFloat(connection, owner.bootId(), PENDING_MAX));
    }

    /// Records an operation's proofs, its kits and what it did to the ledger.
    public void done(MintOperation operation, List<Proof> proofs) {
        database.inTransaction(connection -> {
            if (!vault.done(connection, operation, proofs, clock.instant())) {
                return;
            }
            kits.made(connection, operation.id(), true);
            if (operation.quoteId().isPresent()) {
                fund(connection, operation);
            } else if (operation.feeSteps() > 0) {
                payMintFee(connection, operation);
            }
        });
    }

    private void fund(Connection connection, MintOperation operation) throws SQLException {
        long steps = operation.outputs().stream().mapToLong(OutputData::amount).sum();
        Msat amount = operation.unit().toMsat(steps);
        if (!moveQuote(connection, operation.quoteId().orElseThrow(), "minting", "issued")) {
            throw new IllegalStateException("quote of operation " + operation.id() + " is closed");
        }
        ledger.post(
                connection,
                Transfer.moving()
                        .take(Account.ECASH_TREASURY, amount)
                        .give(Account.OPERATOR_EQUITY, amount)
                        .of("float", operation.id().toString()));
    }

    private void payMintFee(Connection connection, MintOperation operation) throws SQLException {
        Msat fee = operation.unit().toMsat(operation.feeSteps());
        ledger.post(
                connection,
                Transfer.moving()
                        .give(Account.ECASH_TREASURY, fee)
                        .take(Account.OPERATOR_EQUITY, fee)
                        .of("mint_fee", operation.id().toString()));
    }

    /// Records that the mint refused an operation: its inputs are loose again.
    public void refused(MintOperation operation, int code) {
        database.inTransaction(connection -> {
            kits.made(connection, operation.id(), false);
            if (!vault.refused(connection, operation.id(), code, clock.instant())) {
                throw new IllegalStateException("operation " + operation.id() + " has ended");
            }
            if (operation.quoteId().isPresent()
                    && !moveQuote(connection, operation.quoteId().get(), "minting", "expired")) {
                throw new IllegalStateException("quote of " + operation.id() + " is closed");
            }
        });
    }
}
