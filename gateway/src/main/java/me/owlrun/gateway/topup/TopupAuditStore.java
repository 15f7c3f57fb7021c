package me.owlrun.gateway.topup;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.ledger.LedgerAuditStore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The invariants between top-ups, vault and ledger as queries.
public final class TopupAuditStore {

    private static final String CREDITED_ONCE =
            """
            SELECT t.id || ' (' || t.state || ') of ' || t.amount_msat
                || ' msat brought account ' || t.account_id || ' '
                || coalesce(sum(e.amount_msat), 0) || ' msat'
            FROM topup t
            LEFT JOIN transfer f ON f.reference = t.id AND f.kind = 'topup'
            LEFT JOIN account a ON a.kind = 'sats' AND a.owner = t.account_id::text
            LEFT JOIN entry e ON e.transfer_id = f.id AND e.account_id = a.id
            GROUP BY t.id
            HAVING coalesce(sum(e.amount_msat), 0)
                <> CASE t.state WHEN 'credited' THEN t.amount_msat ELSE 0 END
            """;

    private static final String CREDITED_IS_ECASH =
            """
            SELECT t.id || ' (' || t.state || ') of ' || t.amount_msat || ' msat made ecash of '
                || coalesce(sum(CASE v.unit WHEN 'sat' THEN v.amount * 1000 ELSE v.amount END), 0)
                || ' msat'
            FROM topup t LEFT JOIN vault_proof v ON v.operation_id = t.operation_id
                AND v.state NOT IN ('blinded', 'void')
            GROUP BY t.id
            HAVING coalesce(
                    sum(CASE v.unit WHEN 'sat' THEN v.amount * 1000 ELSE v.amount END), 0)
                <> CASE t.state WHEN 'credited' THEN t.amount_msat ELSE 0 END
            """;

    private static final String OPERATIONS_HAVE_TOPUPS =
            """
            SELECT 'operation ' || o.id || ' (' || o.state || ') belongs to no top-up'
            FROM mint_operation o
            WHERE o.purpose = 'topup' AND o.state <> 'refused'
                AND NOT EXISTS (SELECT 1 FROM topup t WHERE t.operation_id = o.id
                    AND t.state = CASE o.state WHEN 'done' THEN 'credited' ELSE 'running' END)
            """;

    private static final String IN_TIME =
            """
            SELECT t.id || ' is running since ' || o.created_at
            FROM topup t JOIN mint_operation o ON o.id = t.operation_id
            WHERE t.state = 'running' AND o.created_at < (
                SELECT f.posted_at FROM transfer f ORDER BY f.id DESC LIMIT 1)
                - interval '1 day'
            """;

    private final Database database;

    /// @param database where the top-ups lie
    public TopupAuditStore(Database database) {
        this.database = database;
    }

    /// Checks everything; empty when all holds.
    public List<Finding> findings() {
        Map<String, String> invariants = new LinkedHashMap<>();
        invariants.put("topup_credited_once", CREDITED_ONCE);
        invariants.put("topup_is_ecash", CREDITED_IS_ECASH);
        invariants.put("topup_of_operation", OPERATIONS_HAVE_TOPUPS);
        invariants.put("topup_in_time", IN_TIME);
        return LedgerAuditStore.check(database, invariants);
    }
}
