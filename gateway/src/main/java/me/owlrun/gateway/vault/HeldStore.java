package me.owlrun.gateway.vault;

import me.owlrun.db.Columns;
import me.owlrun.db.Database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Reads which proofs the vault holds.
final class HeldStore {

    private static final String AFTER =
            """
            SELECT id, amount, keyset_id, secret, c FROM vault_proof
            WHERE state = 'held' AND id > ?
            ORDER BY id LIMIT ?
            """;

    private static final String STILL =
            """
            SELECT p.id FROM vault_proof p JOIN unnest(?::bigint[]) AS t (id) ON p.id = t.id
            WHERE p.state = 'held'
            """;

    private final Database database;

    HeldStore(Database database) {
        this.database = database;
    }

    /// Proofs held, in the order of their rows.
    ///
    /// @param rowId the last row that was seen; 0 for none
    List<VaultProof> after(long rowId, int countMax) {
        return database.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(AFTER)) {
                query.setLong(1, rowId);
                query.setInt(2, countMax);
                return VaultStore.proofs(query);
            }
        });
    }

    /// Those of some proofs that are held now.
    List<VaultProof> stillHeld(List<VaultProof> proofs) {
        List<Long> held = database.read(connection -> ids(connection, proofs));
        return proofs.stream().filter(proof -> held.contains(proof.rowId())).toList();
    }

    private static List<Long> ids(Connection connection, List<VaultProof> proofs)
            throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(STILL)) {
            query.setArray(1, Columns.numbers(connection, proofs, VaultProof::rowId));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
            }
        }
        return ids;
    }
}
