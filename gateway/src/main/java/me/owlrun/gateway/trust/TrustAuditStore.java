package me.owlrun.gateway.trust;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.ledger.LedgerAuditStore;

import java.util.List;
import java.util.Map;

/// The invariants of what the operator took out of escrow as queries.
public final class TrustAuditStore {

    private static final String FORFEITS_ARE_BOOKED =
            """
            SELECT 'forfeit ' || f.id || ': ' || f.amount_msat || ' msat, booked '
                || coalesce(sum(e.amount_msat), 0)
            FROM escrow_forfeit f
            LEFT JOIN transfer t ON t.kind = 'forfeit' AND t.reference = f.id
            LEFT JOIN account a ON a.kind = 'sats' AND a.owner = f.provider_id::text
            LEFT JOIN entry e ON e.transfer_id = t.id AND e.account_id = a.id
            GROUP BY f.id, f.amount_msat
            HAVING coalesce(sum(e.amount_msat), 0) <> -f.amount_msat
            """;

    private static final String BOOKED_IS_FORFEITED =
            """
            SELECT 'transfer ' || t.id || ' takes what was never forfeited'
            FROM transfer t
            WHERE t.kind = 'forfeit'
                AND NOT EXISTS (SELECT 1 FROM escrow_forfeit f WHERE f.id = t.reference)
            """;

    private final Database database;

    /// @param database where the tables lie
    public TrustAuditStore(Database database) {
        this.database = database;
    }

    /// Checks everything; empty when all holds.
    public List<Finding> findings() {
        return LedgerAuditStore.check(
                database,
                Map.of(
                        "forfeit_is_booked", FORFEITS_ARE_BOOKED,
                        "booked_is_forfeited", BOOKED_IS_FORFEITED));
    }
}
