package me.owlrun.gateway.payout;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.ledger.LedgerAuditStore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The invariants between payouts, vault and ledger as queries.
public final class PayoutAuditStore {

    private static final String HOLD_IS_OPEN =
            """
            SELECT 'payout_hold has ' || booked || ' msat, open payouts hold ' || held
            FROM (
                SELECT
                    (SELECT coalesce(sum(amount_msat + reserve_msat), 0) FROM payout
                    WHERE state IN ('sent', 'unknown', 'recalling')) AS held,
                    (SELECT coalesce(sum(balance_msat), 0) FROM account
                    WHERE kind = 'payout_hold') AS booked) AS both_sides
            WHERE held <> booked
            """;

    private static final String PROOF_FITS =
            """
            SELECT 'payout ' || id || ' has a preimage that is not its hash''s'
            FROM payout
            WHERE preimage IS NOT NULL
                AND encode(sha256(decode(preimage, 'hex')), 'hex') <> payment_hash
            """;

    private static final String ONE_OPEN =
            """
            SELECT 'account ' || account_id || ' has ' || count(*) || ' open payouts'
            FROM payout
            WHERE method = 'lightning' AND state IN ('sent', 'unknown', 'recalling')
            GROUP BY account_id HAVING count(*) > 1
            """;

    private static final String HELD_ONCE =
            """
            SELECT 'payout ' || p.id || ' (' || p.state || ') was held '
                || count(t.id) FILTER (WHERE t.kind = 'payout_hold') || ' times, paid '
                || count(t.id) FILTER (WHERE t.kind = 'payout') || ', given back '
                || count(t.id) FILTER (WHERE t.kind = 'payout_void')
            FROM payout p LEFT JOIN transfer t ON t.reference = p.id
            GROUP BY p.id
            HAVING count(t.id) FILTER (WHERE t.kind = 'payout_hold') <> 1
                OR count(t.id) FILTER (WHERE t.kind = 'payout')
                    <> (p.state = 'paid')::int
                OR count(t.id) FILTER (WHERE t.kind = 'payout_void')
                    <> (p.state = 'failed')::int
            """;

    /// What an account has less than before: amount and fee when paid, nothing when failed.
    private static final String TAKEN_IS_OWED =
            """
            SELECT 'payout ' || p.id || ' (' || p.state || ') took '
                || -coalesce(sum(e.amount_msat), 0) || ' msat from its account'
            FROM payout p
            LEFT JOIN transfer t ON t.reference = p.id
            LEFT JOIN entry e ON e.transfer_id = t.id
                AND e.account_id = (
                    SELECT a.id FROM account a
                    WHERE a.kind = 'sats' AND a.owner = p.account_id::text)
            GROUP BY p.id
            HAVING -coalesce(sum(e.amount_msat), 0) <> CASE p.state
                WHEN 'paid' THEN p.amount_msat + p.fee_msat
                WHEN 'failed' THEN 0
                ELSE p.amount_msat + p.reserve_msat END
            """;

    private static final String TOKEN_IS_WITHDRAWN =
            """
            SELECT 'payout ' || p.id || ' (' || p.state || ') of ' || p.amount_msat
                || ' msat, its coins '
                || coalesce(sum(CASE v.unit WHEN 'sat' THEN v.amount * 1000 ELSE v.amount END), 0)
            FROM payout p
            LEFT JOIN vault_proof v ON v.operation_id = p.operation_id AND v.state = 'withdrawn'
            WHERE p.method = 'ecash'
            GROUP BY p.id
            HAVING coalesce(sum(CASE v.unit WHEN 'sat' THEN v.amount * 1000 ELSE v.amount END), 0)
                <> CASE p.state WHEN 'paid' THEN p.amount_msat ELSE 0 END
            """;

    private static final String WITHDRAWN_HAS_PAYOUT =
            """
            SELECT 'coin ' || v.id || ' was withdrawn by nobody'
            FROM vault_proof v
            WHERE v.state = 'withdrawn' AND NOT EXISTS (
                SELECT 1 FROM payout p WHERE p.operation_id = v.operation_id)
            """;

    private static final String OPERATION_ENDED =
            """
            SELECT 'payout ' || p.id || ' is ' || p.state || ', its operation ' || o.state
            FROM payout p JOIN mint_operation o ON o.id = p.operation_id
            WHERE o.state <> CASE p.state WHEN 'paid' THEN 'done' WHEN 'failed' THEN 'refused'
                ELSE 'pending' END
            """;

    private static final String MELT_HAS_PAYOUT =
            """
            SELECT 'operation ' || o.id || ' (' || o.purpose || ', ' || o.state
                || ') belongs to no payout'
            FROM mint_operation o
            WHERE o.purpose IN ('payout', 'withdraw', 'recall') AND NOT EXISTS (
                SELECT 1 FROM payout p WHERE p.operation_id = o.id OR p.recall_id = o.id)
                AND NOT EXISTS (SELECT 1 FROM exchange e WHERE e.recall_id = o.id)
                AND (o.purpose <> 'recall' OR o.state <> 'refused')
            UNION ALL
            SELECT 'payout ' || id || ' (' || method || ') is of an operation of another kind'
            FROM payout p
            WHERE NOT EXISTS (
                SELECT 1 FROM mint_operation o WHERE o.id = p.operation_id
                    AND o.purpose = CASE p.method WHEN 'lightning' THEN 'payout'
                        ELSE 'withdraw' END)
            """;

    /// What left the vault for a payment is what the ledger says it took.
    private static final String SPENT_IS_BOOKED =
            """
            SELECT 'payout ' || p.id || ' spent coins of ' || c.spent || ' msat, booked '
                || c.booked
            FROM payout p CROSS JOIN LATERAL (
                SELECT
                    (SELECT coalesce(sum(
                            CASE v.unit WHEN 'sat' THEN v.amount * 1000 ELSE v.amount END), 0)
                        FROM vault_proof v
                        WHERE v.spent_by = p.operation_id AND v.state = 'spent')
                    - (SELECT coalesce(sum(
                            CASE v.unit WHEN 'sat' THEN v.amount * 1000 ELSE v.amount END), 0)
                        FROM vault_proof v
                        WHERE v.operation_id = p.operation_id
                            AND v.state NOT IN ('blinded', 'void', 'withdrawn')) AS spent,
                    (SELECT coalesce(sum(e.amount_msat), 0)
                        FROM transfer t JOIN entry e ON e.transfer_id = t.id
                            JOIN account a ON a.id = e.account_id AND a.kind = 'ecash_treasury'
                        WHERE t.reference = p.id AND t.kind = 'payout') AS booked) AS c
            WHERE p.state = 'paid' AND c.spent <> c.booked
            """;

    /// A hold may last as long as Lightning's longest locks.
    private static final String IN_TIME =
            """
            SELECT 'payout ' || id || ' is ' || state || ' since ' || created_at
            FROM payout
            WHERE state IN ('sent', 'unknown', 'recalling') AND created_at < (
                SELECT t.posted_at FROM transfer t ORDER BY t.id DESC LIMIT 1)
                - interval '15 days'
            """;

    private final Database database;

    /// @param database where the payouts lie
    public PayoutAuditStore(Database database) {
        this.database = database;
    }

    /// Checks everything; empty when all holds.
    public List<Finding> findings() {
        Map<String, String> invariants = new LinkedHashMap<>();
        invariants.put("hold_is_open_payouts", HOLD_IS_OPEN);
        invariants.put("proof_of_payment_fits", PROOF_FITS);
        invariants.put("one_open_payout", ONE_OPEN);
        invariants.put("payout_held_and_ended_once", HELD_ONCE);
        invariants.put("payout_takes_what_is_owed", TAKEN_IS_OWED);
        invariants.put("token_is_withdrawn", TOKEN_IS_WITHDRAWN);
        invariants.put("withdrawn_has_payout", WITHDRAWN_HAS_PAYOUT);
        invariants.put("payout_operation_ended", OPERATION_ENDED);
        invariants.put("melt_has_payout", MELT_HAS_PAYOUT);
        invariants.put("payout_spent_is_booked", SPENT_IS_BOOKED);
        invariants.put("payout_in_time", IN_TIME);
        return LedgerAuditStore.check(database, invariants);
    }
}
