package me.owlrun.gateway.vault;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.ledger.LedgerAuditStore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The invariants of exchanges as queries.
public final class ExchangeAuditStore {

    /// The melt ends with the exchange, and both halves of it together.
    private static final String OPERATIONS_ENDED =
            """
            SELECT 'exchange ' || e.id || ' is ' || e.state || ', its payment ' || p.state
                || ', its coins ' || coalesce(t.state, 'none')
            FROM exchange e JOIN mint_operation p ON p.id = e.pay_id
            LEFT JOIN mint_operation t ON t.id = e.take_id
            WHERE p.state <> CASE e.state
                    WHEN 'done' THEN 'done' WHEN 'failed' THEN 'refused' ELSE 'pending' END
                OR coalesce(t.state, 'none') <> CASE e.state
                    WHEN 'done' THEN 'done' WHEN 'taking' THEN 'pending' ELSE 'none' END
            """;

    /// What was spent is what came back, what was taken, and the fee that the books say.
    private static final String IS_EVEN =
            """
            SELECT 'exchange ' || x.id || ' spent ' || x.spent || ' msat, got ' || x.got
                || ', its fee is ' || x.fee_msat || ', booked ' || x.booked
            FROM (
                SELECT e.id, e.fee_msat,
                    (SELECT coalesce(sum(
                        CASE v.unit WHEN 'sat' THEN v.amount * 1000 ELSE v.amount END), 0)
                    FROM vault_proof v WHERE v.spent_by = e.pay_id) AS spent,
                    (SELECT coalesce(sum(
                        CASE v.unit WHEN 'sat' THEN v.amount * 1000 ELSE v.amount END), 0)
                    FROM vault_proof v WHERE v.operation_id IN (e.pay_id, e.take_id)
                        AND v.state NOT IN ('blinded', 'void')) AS got,
                    (SELECT coalesce(sum(n.amount_msat), 0)
                    FROM transfer t JOIN entry n ON n.transfer_id = t.id
                        JOIN account a ON a.id = n.account_id AND a.kind = 'ecash_treasury'
                    WHERE t.reference = e.id::text) AS booked
                FROM exchange e WHERE e.state = 'done') AS x
            WHERE x.spent <> x.got + x.fee_msat OR x.booked <> x.fee_msat
            """;

    private static final String OPERATION_HAS_EXCHANGE =
            """
            SELECT 'operation ' || o.id || ' (' || o.purpose || ', ' || o.state || ') is of none'
            FROM mint_operation o
            WHERE o.purpose IN ('exchange_pay', 'exchange_take') AND o.state <> 'refused'
                AND NOT EXISTS (
                    SELECT 1 FROM exchange e WHERE o.id IN (e.pay_id, e.take_id))
            """;

    private final Database database;

    /// @param database where the exchanges lie
    public ExchangeAuditStore(Database database) {
        this.database = database;
    }

    /// Checks everything; empty when all holds.
    public List<Finding> findings() {
        Map<String, String> invariants = new LinkedHashMap<>();
        invariants.put("exchange_operation_ended", OPERATIONS_ENDED);
        invariants.put("exchange_is_even", IS_EVEN);
        invariants.put("exchange_of_operation", OPERATION_HAS_EXCHANGE);
        return LedgerAuditStore.check(database, invariants);
    }
}
