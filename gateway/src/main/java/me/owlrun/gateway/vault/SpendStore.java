package me.owlrun.gateway.vault;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.Proof;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Spending of loose proofs: held, in no kit, and of no payment under way. Every method runs inside
/// the caller's transaction.
public final class SpendStore {

    /// Proofs that one operation spends at most.
    static final int INPUTS_MAX = 400;

    private static final String LOOSE =
            """
            SELECT p.id, p.amount, p.keyset_id, p.secret, p.c
            FROM vault_proof p JOIN mint_operation o ON o.id = p.operation_id
            WHERE p.unit = ? AND p.state = 'held' AND p.kit_id IS NULL
                AND (o.payment_id IS NULL OR EXISTS (
                    SELECT 1 FROM payment y
                    WHERE y.id = o.payment_id AND y.state IN ('settled', 'refunded')))
            """;

    private static final String UP_TO =
            """
            AND p.amount <= ? ORDER BY p.amount DESC, p.id LIMIT ? FOR UPDATE OF p SKIP LOCKED
            """;

    private static final String ABOVE =
            """
            AND p.amount > ? ORDER BY p.amount, p.id LIMIT ? FOR UPDATE OF p SKIP LOCKED
            """;

    private static final String SPEND =
            """
            UPDATE vault_proof SET state = 'spending', spent_by = ?
            WHERE id = ANY (?) AND state = 'held'
            """;

    private static final String MOVE_INPUTS =
            """
            UPDATE vault_proof SET spent_by = ? WHERE spent_by = ? AND state = 'spending'
            """;

    private static final String CLOSE =
            """
            UPDATE mint_operation SET state = 'done', closed_at = ?
            WHERE id = ? AND state = 'pending'
            """;

    private static final String CHANGE =
            """
            UPDATE vault_proof SET amount = ?, c = ?, state = 'held'
            WHERE operation_id = ? AND position = ?
            """;

    private static final String UNUSED_BLANKS =
            """
            UPDATE vault_proof SET state = 'void' WHERE operation_id = ? AND state = 'blinded'
            """;

    private static final String SPENT =
            """
            UPDATE vault_proof SET state = 'spent' WHERE spent_by = ? AND state = 'spending'
            """;

    private static final String WITHDRAWN =
            """
            UPDATE vault_proof SET state = 'withdrawn'
            WHERE operation_id = ? AND position < ? AND state = 'held'
            """;

    private static final String COUNT_UP_TO =
            """
            SELECT count(*) FROM (
                SELECT 1 FROM vault_proof
                WHERE unit = ? AND state = 'held' AND kit_id IS NULL AND amount <= ?
                LIMIT ?) AS few
            """;

    private static final String PENDING =
            """
            SELECT id FROM mint_operation
            WHERE state = 'pending' AND purpose = 'consolidate'
                AND (owner_boot = ? OR NOT EXISTS (
                    SELECT 1 FROM gateway_instance i
                    WHERE i.boot_id = owner_boot AND i.lease_until > now()))
            ORDER BY created_at LIMIT ?
            """;

    private final VaultStore vault = new VaultStore();

    /// Locks loose proofs that are worth an amount and their fee; empty when there are not enough.
    ///
    /// @param need steps that must be left after the fee
    public Optional<SpendPicker.Picked> pick(
            Connection connection, CurrencyUnit unit, long need, SpendPicker.FeeOf fees)
            throws SQLException {
        List<VaultProof> proofs = new ArrayList<>(loose(connection, ABOVE, unit, need, 1));
        proofs.addAll(loose(connection, UP_TO, unit, need, INPUTS_MAX - 1));
        return SpendPicker.pick(need, proofs, fees);
    }

    /// Locks the largest of the small loose proofs.
    ///
    /// @param amountMax what counts as small
    List<VaultProof> small(Connection connection, CurrencyUnit unit, long amountMax, int countMax)
            throws SQLException {
        return loose(connection, UP_TO, unit, amountMax, countMax);
    }

    private static List<VaultProof> loose(
            Connection connection, String which, CurrencyUnit unit, long amount, int countMax)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(LOOSE + which)) {
            query.setString(1, unit.text());
            query.setLong(2, amount);
            query.setInt(3, countMax);
            return VaultStore.proofs(query);
        }
    }

    /// Writes an operation down and keeps its inputs from being spent otherwise.
    public void begin(
            Connection connection,
            MintOperation operation,
            SpendPicker.Picked inputs,
            String bootId,
            Instant now)
            throws SQLException {
        insert(connection, operation, bootId, now);
        try (PreparedStatement update = connection.prepareStatement(SPEND)) {
            update.setObject(1, operation.id());
            update.setArray(2, VaultStore.rowIds(connection, inputs.proofs()));
            int spent = update.executeUpdate();
            if (spent != inputs.proofs().size()) {
                throw new IllegalStateException(
                        "operation %s: only %d of %d proofs were still here"
                                .formatted(operation.id(), spent, inputs.proofs().size()));
            }
        }
    }

    private void insert(Connection connection, MintOperation operation, String bootId, Instant now)
            throws SQLException {
        VaultStore.Owner owner = new VaultStore.Owner(bootId, Optional.empty());
        vault.insert(connection, operation, owner, List.of(), now);
    }

    /// Writes down a swap that takes the inputs of a melt out of its reach.
    public void beginRecall(
            Connection connection, MintOperation recall, UUID melt, String bootId, Instant now)
            throws SQLException {
        insert(connection, recall, bootId, now);
        moveInputs(connection, melt, recall.id());
    }

    /// Records that the inputs of a melt were taken back: it cannot happen any more.
    public void recalled(
            Connection connection, MintOperation recall, UUID melt, List<Proof> proofs, Instant now)
            throws SQLException {
        requireOpen(recall.id(), vault.done(connection, recall, proofs, now));
        requireOpen(melt, vault.refused(connection, melt, 0, now));
    }

    /// Records that the inputs of a melt could not be taken back.
    public void recallRefused(Connection connection, UUID recall, UUID melt, int code, Instant now)
            throws SQLException {
        moveInputs(connection, recall, melt);
        requireOpen(recall, vault.refused(connection, recall, code, now));
    }

    private static void moveInputs(Connection connection, UUID from, UUID to) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(MOVE_INPUTS)) {
            update.setObject(1, to);
            update.setObject(2, from);
            update.executeUpdate();
        }
    }

    /// Records that a melt happened, with its change for the first blanks.
    public void melted(Connection connection, MintOperation melt, List<Proof> change, Instant now)
            throws SQLException {
        try (PreparedStatement close = connection.prepareStatement(CLOSE)) {
            close.setObject(1, now.atOffset(ZoneOffset.UTC));
            close.setObject(2, melt.id());
            requireOpen(melt.id(), close.executeUpdate() == 1);
        }
        try (PreparedStatement update = connection.prepareStatement(CHANGE)) {
            for (int i = 0; i < change.size(); i++) {
                update.setLong(1, change.get(i).amount());
                update.setString(2, change.get(i).c().toHex());
                update.setObject(3, melt.id());
                update.setInt(4, i);
                update.addBatch();
            }
            update.executeBatch();
        }
        byOperation(connection, UNUSED_BLANKS, melt.id());
        byOperation(connection, SPENT, melt.id());
    }

    /// Records the proofs of a withdrawal; the first ones leave the vault.
    ///
    /// @param givenCount how many of the outputs are the user's
    public void withdrawn(
            Connection connection,
            MintOperation swap,
            List<Proof> proofs,
            int givenCount,
            Instant now)
            throws SQLException {
        requireOpen(swap.id(), vault.done(connection, swap, proofs, now));
        try (PreparedStatement update = connection.prepareStatement(WITHDRAWN)) {
            update.setObject(1, swap.id());
            update.setInt(2, givenCount);
            update.executeUpdate();
        }
    }

    /// Records that the mint refused an operation for good: its inputs are loose again.
    public void refused(Connection connection, UUID operation, int code, Instant now)
            throws SQLException {
        requireOpen(operation, vault.refused(connection, operation, code, now));
    }

    /// One operation, in any state.
    public MintOperation find(Connection connection, UUID id) throws SQLException {
        return vault.find(connection, id);
    }

    /// Whether there are at least so many small loose proofs.
    boolean hasSmall(Connection connection, CurrencyUnit unit, long amountMax, int count)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(COUNT_UP_TO)) {
            query.setString(1, unit.text());
            query.setLong(2, amountMax);
            query.setInt(3, count);
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getLong(1) >= count;
            }
        }
    }

    /// Swaps of small proofs that have not ended, this boot's own and those of boots that are gone.
    List<MintOperation> pending(Connection connection, String ownBoot, int countMax)
            throws SQLException {
        List<MintOperation> pending = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(PENDING)) {
            query.setString(1, ownBoot);
            query.setInt(2, countMax);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    pending.add(vault.find(connection, rows.getObject(1, UUID.class)));
                }
            }
        }
        return pending;
    }

    private static void byOperation(Connection connection, String sql, UUID operation)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setObject(1, operation);
            update.executeUpdate();
        }
    }

    private static void requireOpen(UUID operation, boolean open) {
        if (!open) {
            throw new IllegalStateException("operation " + operation + " has ended before");
        }
    }
}
