package me.owlrun.gateway.vault;

import me.owlrun.cashu.CurrencyUnit;
import me.owlrun.cashu.KeysetId;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;

/// Tells what the vault's loose proofs are worth, so that "there is too little" and "others have it
/// in hand at the moment" are two things. Runs inside the caller's transaction.
public final class WorthStore {

    /// Loose proofs, locked by others or not, and proofs that are being spent since a moment: what
    /// is over comes back when that ends. Change of buyers and exchanges take all of them along.
    private static final String WORTH =
            """
            SELECT
                (SELECT coalesce(sum(p.amount), 0)
                FROM vault_proof p JOIN mint_operation o ON o.id = p.operation_id
                WHERE p.unit = ? AND p.state = 'held' AND p.kit_id IS NULL
                    AND (o.payment_id IS NULL OR EXISTS (
                        SELECT 1 FROM payment y
                        WHERE y.id = o.payment_id AND y.state IN ('settled', 'refunded')))),
                (SELECT coalesce(sum(p.amount), 0)
                FROM vault_proof p JOIN mint_operation o ON o.id = p.spent_by
                WHERE p.unit = ? AND p.state = 'spending' AND p.kit_id IS NULL
                    AND o.created_at > ? AND o.purpose NOT IN ('change', 'exchange_pay'))
            """;

    private static final String KEYSETS =
            """
            SELECT DISTINCT keyset_id FROM vault_proof
            WHERE unit = ? AND state = 'held' AND kit_id IS NULL
            """;

    private static final long PPK = 1_000;

    private WorthStore() {}

    /// What loose proofs of a unit are worth, in steps.
    ///
    /// @param here those that can be spent, as soon as nobody locks them
    /// @param moving those that something began to spend a short while ago
    public record Worth(long here, long moving) {}

    /// The most that the mint may take for the loose proofs of one payment, in steps.
    public static long feesMax(Connection connection, CurrencyUnit unit, SpendPicker.FeeOf fees)
            throws SQLException {
        long ppk = 0;
        try (PreparedStatement query = connection.prepareStatement(KEYSETS)) {
            query.setString(1, unit.text());
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    ppk = Math.max(ppk, fees.ppk(new KeysetId(row.getString(1))).orElse(0));
                }
            }
        }
        return Math.ceilDiv(Math.multiplyExact(ppk, SpendStore.INPUTS_MAX), PPK);
    }

    /// Adds them up.
    ///
    /// @param since what began to be spent earlier does not count as moving
    public static Worth of(Connection connection, CurrencyUnit unit, Instant since)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(WORTH)) {
            query.setString(1, unit.text());
            query.setString(2, unit.text());
            query.setObject(3, since.atOffset(ZoneOffset.UTC));
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return new Worth(row.getLong(1), row.getLong(2));
            }
        }
    }
}
