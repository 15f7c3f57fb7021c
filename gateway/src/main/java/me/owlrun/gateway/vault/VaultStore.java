package me.owlrun.gateway.vault;

import me.owlrun.cashu.CashuJson;
import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;
import me.owlrun.cashu.OutputData;
import me.owlrun.cashu.Proof;
import me.owlrun.cashu.Scalar;
import me.owlrun.db.Migration;
import me.owlrun.json.Json;

import java.io.InputStream;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// The rows of `mint_operation` and `vault_proof`: what we asked the mint for and the proofs we
/// hold. Every method runs inside the caller's transaction.
public final class VaultStore {

    private static final String CLAIMS = "V023__claims.sql";
    private static final int INPUTS_MAX = 10_000;

    private static final String INSERT_OPERATION =
            """
            INSERT INTO mint_operation (id, kind, purpose, payment_id, quote_id, inputs, keyset_id,
                unit, fee_steps, state, created_at, owner_boot)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?)
            """;

    private static final String INSERT_OUTPUT =
            """
            INSERT INTO vault_proof (operation_id, position, unit, keyset_id, amount, secret, r,
                state, kit_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'blinded', ?)
            """;

    private static final String CLOSE_OPERATION =
            """
            UPDATE mint_operation SET state = ?, refusal_code = ?, closed_at = ?
            WHERE id = ? AND state = 'pending'
            """;

    private static final String SIGNED =
            """
            UPDATE vault_proof SET c = ?, state = 'held' WHERE operation_id = ? AND position = ?
            """;

    private static final String VOID_OUTPUTS =
            """
            UPDATE vault_proof SET state = 'void', kit_id = NULL WHERE operation_id = ?
            """;

    private static final String INPUTS_TO =
            """
            UPDATE vault_proof SET state = ? WHERE spent_by = ? AND state = 'spending'
            """;

    private static final String SELECT_OPERATION =
            """
            SELECT id, purpose, payment_id, quote_id, inputs, keyset_id, unit, fee_steps, outputs
            FROM mint_operation
            """;

    private static final String PENDING_OF_FLOAT =
            """
            WHERE state = 'pending' AND purpose IN ('kits', 'float')
                AND (owner_boot = ? OR NOT EXISTS (
                    SELECT 1 FROM gateway_instance i
                    WHERE i.boot_id = owner_boot AND i.lease_until > now()))
            ORDER BY created_at LIMIT ?
            """;

    private static final String SELECT_OUTPUTS =
            """
            SELECT amount, keyset_id, secret, r FROM vault_proof
            WHERE operation_id = ? ORDER BY position
            """;

    /// The migration that keeps the outputs of a claim in its operation.
    public static Migration claims() {
        InputStream sql = VaultStore.class.getResourceAsStream(CLAIMS);
        return Migration.read(CLAIMS, Objects.requireNonNull(sql, CLAIMS));
    }

    /// Who works on an operation, and for which payment if for one.
    public record Owner(String bootId, Optional<String> paymentId) {}

    /// Writes an operation down.
    ///
    /// @param kits the kit of each output, in order; what is missing belongs to none
    public void insert(
            Connection connection,
            MintOperation operation,
            Owner owner,
            List<Optional<Long>> kits,
            Instant now)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_OPERATION)) {
            insert.setObject(1, operation.id());
            insert.setString(2, operation.kind().name().toLowerCase(Locale.ROOT));
            insert.setString(3, operation.purpose().name().toLowerCase(Locale.ROOT));
            insert.setString(4, owner.paymentId().orElse(null));
            insert.setString(5, operation.quoteId().orElse(null));
            insert.setString(6, Json.text(CashuJson.toJson(operation.inputs(), CashuJson::toJson)));
            insert.setString(7, operation.keysetId().value());
            insert.setString(8, operation.unit().text());
            insert.setLong(9, operation.feeSteps());
            insert.setObject(10, now.atOffset(ZoneOffset.UTC));
            insert.setString(11, owner.bootId());
            insert.executeUpdate();
        }
        insertOutputs(connection, operation, kits);
    }

    private static void insertOutputs(
            Connection connection, MintOperation operation, List<Optional<Long>> kits)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT_OUTPUT)) {
            for (int i = 0; i < operation.outputs().size(); i++) {
                OutputData output = operation.outputs().get(i);
                insert.setObject(1, operation.id());
                insert.setInt(2, i);
                insert.setString(3, operation.unit().text());
                insert.setString(4, output.keysetId().value());
                insert.setLong(5, output.amount());
                insert.setString(6, output.secret());
                insert.setString(7, output.r().toHex());
                insert.setObject(8, i < kits.size() ? kits.get(i).orElse(null) : null);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /// Records the mint's signatures; false when another run did so before.
    public boolean done(
            Connection connection, MintOperation operation, List<Proof> proofs, Instant now)
            throws SQLException {
        if (!close(connection, operation.id(), "done", Optional.empty(), now)) {
            return false;
        }
        try (PreparedStatement update = connection.prepareStatement(SIGNED)) {
            for (int i = 0; i < proofs.size(); i++) {
                update.setString(1, proofs.get(i).c().toHex());
                update.setObject(2, operation.id());
                update.setInt(3, i);
                update.addBatch();
            }
            update.executeBatch();
        }
        inputsTo(connection, operation.id(), "spent");
        return true;
    }

    /// Records that the mint refused for good; false when another run did so before.
    public boolean refused(Connection connection, UUID operation, int code, Instant now)
            throws SQLException {
        if (!close(connection, operation, "refused", Optional.of(code), now)) {
            return false;
        }
        try (PreparedStatement update = connection.prepareStatement(VOID_OUTPUTS)) {
            update.setObject(1, operation);
            update.executeUpdate();
        }
        inputsTo(connection, operation, "held");
        return true;
    }

    private static boolean close(
            Connection connection,
            UUID operation,
            String state,
            Optional<Integer> code,
            Instant now)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(CLOSE_OPERATION)) {
            update.setString(1, state);
            update.setObject(2, code.orElse(null));
            update.setObject(3, now.atOffset(ZoneOffset.UTC));
            update.setObject(4, operation);
            return update.executeUpdate() == 1;
        }
    }

    private static void inputsTo(Connection connection, UUID operation, String state)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(INPUTS_TO)) {
            update.setString(1, state);
            update.setObject(2, operation);
            update.executeUpdate();
        }
    }

    /// The operation that claims a payment.
    public MintOperation ofPayment(Connection connection, String paymentId) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(SELECT_OPERATION + "WHERE payment_id = ?")) {
            query.setString(1, paymentId);
            return operations(connection, query).getFirst();
        }
    }

    /// One operation, in any state.
    public MintOperation find(Connection connection, UUID id) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(SELECT_OPERATION + "WHERE id = ?")) {
            query.setObject(1, id);
            return operations(connection, query).getFirst();
        }
    }

    /// Operations of the float that have not ended, this boot's own and those of boots that are
    /// gone, the oldest first.
    public List<MintOperation> pendingOfFloat(Connection connection, String ownBoot, int countMax)
            throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement(SELECT_OPERATION + PENDING_OF_FLOAT)) {
            query.setString(1, ownBoot);
            query.setInt(2, countMax);
            return operations(connection, query);
        }
    }

    private static List<MintOperation> operations(Connection connection, PreparedStatement query)
            throws SQLException {
        List<MintOperation> operations = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                UUID id = rows.getObject("id", UUID.class);
                KeysetId keysetId = new KeysetId(rows.getString("keyset_id"));
                String text = rows.getString("outputs");
                operations.add(
                        new MintOperation(
                                id,
                                MintOperation.Purpose.valueOf(
                                        rows.getString("purpose").toUpperCase(Locale.ROOT)),
                                inputs(rows.getString("inputs")),
                                Optional.ofNullable(rows.getString("quote_id")),
                                keysetId,
                                CurrencyUnit.ofText(rows.getString("unit")).orElseThrow(),
                                rows.getLong("fee_steps"),
                                text == null
                                        ? outputs(connection, id)
                                        : ClaimRows.outputs(text, keysetId)));
            }
        }
        return operations;
    }

    static List<Proof> inputs(String json) {
        var object = Json.object();
        object.set("inputs", Json.parse(json));
        return CashuJson.list(object, "inputs", INPUTS_MAX, CashuJson::proof);
    }

    private static List<OutputData> outputs(Connection connection, UUID operation)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(SELECT_OUTPUTS)) {
            query.setObject(1, operation);
            List<OutputData> outputs = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    outputs.add(
                            new OutputData(
                                    rows.getLong(1),
                                    new KeysetId(rows.getString(2)),
                                    rows.getString(3),
                                    Scalar.fromHex(rows.getString(4))));
                }
            }
            return outputs;
        }
    }

    public static List<VaultProof> proofs(PreparedStatement query) throws SQLException {
        List<VaultProof> proofs = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                proofs.add(
                        VaultProof.of(
                                rows.getLong(1),
                                rows.getLong(2),
                                rows.getString(3),
                                rows.getString(4),
                                rows.getString(5)));
            }
        }
        return proofs;
    }

    public static Array rowIds(Connection connection, List<VaultProof> proofs) throws SQLException {
        return connection.createArrayOf("bigint", proofs.stream().map(VaultProof::rowId).toArray());
    }
}
