package me.owlrun.gateway.vault;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.ledger.LedgerAuditStore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The invariants of the vault as a whole as queries.
public final class VaultAuditStore {

    /// In sats; credit is no money that anybody could take out.
    private static final String ASSETS_COVER_LIABILITIES =
            """
            SELECT 'we hold ' || held || ' msat and owe ' || owed
            FROM (
                SELECT coalesce(-sum(balance_msat) FILTER (WHERE kind = 'ecash_treasury'), 0)
                        AS held,
                    coalesce(sum(balance_msat) FILTER (
                        WHERE kind NOT IN ('ecash_treasury', 'operator_equity')), 0) AS owed
                FROM account WHERE kind NOT LIKE 'credit%') AS both_sides
            WHERE held < owed
            """;

    private static final String OPERATION_IN_TIME =
            """
            SELECT 'operation ' || o.id || ' (' || o.purpose || ') is open since ' || o.created_at
            FROM mint_operation o
            WHERE o.state = 'pending' AND o.purpose NOT IN (
                    'payout', 'recall', 'exchange_pay', 'exchange_take')
                AND o.created_at < (
                    SELECT t.posted_at FROM transfer t ORDER BY t.id DESC LIMIT 1)
                    - interval '1 day'
            """;

    private final Database database;

    /// @param database where the vault lies
    public VaultAuditStore(Database database) {
        this.database = database;
    }

    /// Checks everything; empty when all holds.
    public List<Finding> findings() {
        Map<String, String> invariants = new LinkedHashMap<>();
        invariants.put("assets_cover_liabilities", ASSETS_COVER_LIABILITIES);
        invariants.put("operation_in_time", OPERATION_IN_TIME);
        return LedgerAuditStore.check(database, invariants);
    }
}
