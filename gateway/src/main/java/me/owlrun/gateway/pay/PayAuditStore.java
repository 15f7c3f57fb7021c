package me.owlrun.gateway.pay;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.ledger.LedgerAuditStore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The invariants between payments, vault and ledger as queries.
public final class PayAuditStore {

    private static final String TREASURY_IS_VAULT =
            """
            SELECT 'vault holds ' || held || ' msat, ecash_treasury says ' || booked
            FROM (
                SELECT
                    (SELECT coalesce(
                        sum(CASE unit WHEN 'sat' THEN amount * 1000 ELSE amount END), 0)
                    FROM vault_proof WHERE state IN ('held', 'spending')) AS held,
                    (SELECT -coalesce(sum(balance_msat), 0)
                    FROM account WHERE kind = 'ecash_treasury') AS booked) AS both_sides
            WHERE held <> booked
            """;

    private static final String ESCROW_OF_CLOSED =
            """
            SELECT 'payment ' || p.id || ' is ' || p.state || ' with '
                || coalesce(sum(e.amount_msat), 0) || ' msat in escrow'
            FROM payment p
            LEFT JOIN transfer t ON t.reference = p.id
            LEFT JOIN entry e ON e.transfer_id = t.id
                AND e.account_id = (SELECT id FROM account WHERE kind = 'job_escrow')
            GROUP BY p.id
            HAVING coalesce(sum(e.amount_msat), 0)
                <> CASE p.state WHEN 'claimed' THEN p.paid_msat ELSE 0 END
            """;

    private static final String PAID_IS_COST_AND_CHANGE =
            """
            SELECT 'payment ' || id || ': paid ' || paid_msat || ', cost ' || cost_msat
                || ', change ' || change_msat
            FROM payment
            WHERE state IN ('settled', 'refunded') AND paid_msat <> cost_msat + change_msat
            """;

    private static final String CHANGE_IS_GIVEN =
            """
            SELECT 'payment ' || p.id || ': change ' || p.change_msat || ' msat, given '
                || coalesce(sum(CASE v.unit WHEN 'sat' THEN v.amount * 1000 ELSE v.amount END), 0)
            FROM payment p
            LEFT JOIN (
                SELECT given_to AS payment_id, unit, amount
                FROM vault_proof WHERE given_to IS NOT NULL
                UNION ALL
                SELECT o.change_of, s.unit, s.amount
                FROM mint_operation o JOIN vault_proof s ON s.spent_by = o.id
                WHERE o.change_of IS NOT NULL) AS v ON v.payment_id = p.id
            GROUP BY p.id
            HAVING coalesce(sum(CASE v.unit WHEN 'sat' THEN v.amount * 1000 ELSE v.amount END), 0)
                <> coalesce(p.change_msat, 0)
            """;

    /// Change on its way is owed, and each of its swaps stands where its payment and its proofs
    /// stand.
    private static final String CHANGE_IS_DUE =
            """
            SELECT 'change_due holds ' || booked || ' msat, on its way are ' || due
            FROM (
                SELECT
                    (SELECT coalesce(sum(balance_msat), 0) FROM account
                    WHERE kind = 'change_due') AS booked,
                    (SELECT coalesce(
                        sum(CASE v.unit WHEN 'sat' THEN v.amount * 1000 ELSE v.amount END), 0)
                    FROM mint_operation o JOIN vault_proof v ON v.spent_by = o.id
                    WHERE o.change_of IS NOT NULL AND o.state = 'pending') AS due) AS both_sides
            WHERE booked <> due
            UNION ALL
            SELECT 'payment ' || p.id || ' waits for ' || p.change_open || ' changes, open are '
                || count(o.id)
            FROM payment p
            LEFT JOIN mint_operation o ON o.change_of = p.id AND o.state = 'pending'
            WHERE p.blanks IS NOT NULL
            GROUP BY p.id
            HAVING p.change_open <> count(o.id)
            UNION ALL
            SELECT 'change ' || o.id || ' is ' || o.state || ', a proof of it ' || v.state
            FROM mint_operation o JOIN vault_proof v ON v.spent_by = o.id
            WHERE o.change_of IS NOT NULL
                AND v.state <> CASE o.state WHEN 'done' THEN 'spent' ELSE 'spending' END
            """;

    /// What the mint has signed for a buyer is what was swapped, less the mint's fee; in the end
    /// claimed = cost + signed + given + fee.
    private static final String CHANGE_IS_SIGNED =
            """
            SELECT 'payment ' || p.id || ': swapped ' || swapped || ' msat, signed ' || signed
            FROM payment p
            CROSS JOIN LATERAL (
                SELECT coalesce(sum(CASE o.unit WHEN 'sat' THEN f.steps * 1000 ELSE f.steps END), 0)
                    AS swapped
                FROM mint_operation o
                CROSS JOIN LATERAL (
                    SELECT sum(v.amount) - o.fee_steps AS steps
                    FROM vault_proof v WHERE v.spent_by = o.id) AS f
                WHERE o.change_of = p.id AND o.state = 'done') AS theirs
            CROSS JOIN LATERAL (
                SELECT coalesce(sum((s ->> 'amount')::bigint * CASE (
                    SELECT o.unit FROM mint_operation o
                    WHERE o.change_of = p.id AND o.keyset_id = s ->> 'id' LIMIT 1)
                    WHEN 'sat' THEN 1000 ELSE 1 END), 0) AS signed
                FROM jsonb_array_elements(p.change_signatures) AS s) AS ours
            WHERE p.blanks IS NOT NULL AND swapped <> signed
            """;

    private static final String COST_IS_BILL =
            """
            SELECT 'payment ' || p.id || ' (' || p.state || '): cost ' || p.cost_msat || ', bill '
                || coalesce(b.cost_msat, 0)
            FROM payment p LEFT JOIN bill b ON b.payment_id = p.id
            WHERE coalesce(p.cost_msat, 0) <> coalesce(b.cost_msat, 0)
                OR (p.state = 'settled') <> (b.payment_id IS NOT NULL)
            """;

    private static final String ESCROW_IS_OPEN_JOBS =
            """
            SELECT kind || ' holds ' || booked || ' msat, open jobs ' || open
            FROM (
                SELECT 'job_escrow' AS kind,
                    (SELECT coalesce(sum(balance_msat), 0) FROM account
                    WHERE kind = 'job_escrow') AS booked,
                    (SELECT coalesce(sum(paid_msat), 0) FROM payment WHERE state = 'claimed')
                    + (SELECT coalesce(sum(held_sats_msat), 0) FROM charge WHERE state = 'held')
                        AS open
                UNION ALL
                SELECT 'credit_escrow',
                    (SELECT coalesce(sum(balance_msat), 0) FROM account
                    WHERE kind = 'credit_escrow'),
                    (SELECT coalesce(sum(held_credit_msat), 0) FROM charge
                    WHERE state = 'held')) AS units
            WHERE booked <> open
            """;

    private static final String ESCROW_OF_CHARGES =
            """
            SELECT 'charge ' || c.id || ' is ' || c.state || ' with '
                || coalesce(sum(e.amount_msat) FILTER (WHERE a.kind = 'job_escrow'), 0)
                || ' msat and '
                || coalesce(sum(e.amount_msat) FILTER (WHERE a.kind = 'credit_escrow'), 0)
                || ' msat of credit in escrow'
            FROM charge c
            LEFT JOIN transfer t ON t.reference = c.id
            LEFT JOIN entry e ON e.transfer_id = t.id
            LEFT JOIN account a ON a.id = e.account_id
            GROUP BY c.id
            HAVING coalesce(sum(e.amount_msat) FILTER (WHERE a.kind = 'job_escrow'), 0)
                    <> CASE c.state WHEN 'held' THEN c.held_sats_msat ELSE 0 END
                OR coalesce(sum(e.amount_msat) FILTER (WHERE a.kind = 'credit_escrow'), 0)
                    <> CASE c.state WHEN 'held' THEN c.held_credit_msat ELSE 0 END
            """;

    private static final String CHARGE_IS_BILL =
            """
            SELECT 'charge ' || c.id || ' (' || c.state || '): cost '
                || coalesce(c.cost_sats_msat + c.cost_credit_msat, 0) || ', bill '
                || coalesce(b.cost_msat, 0)
            FROM charge c LEFT JOIN bill b ON b.payment_id = c.id
            WHERE coalesce(c.cost_sats_msat + c.cost_credit_msat, 0) <> coalesce(b.cost_msat, 0)
                OR (c.state = 'settled') <> (b.payment_id IS NOT NULL)
            UNION ALL
            SELECT 'bill of ' || b.payment_id || ' is of nothing'
            FROM bill b
            WHERE NOT EXISTS (SELECT 1 FROM payment p WHERE p.id = b.payment_id)
                AND NOT EXISTS (SELECT 1 FROM charge c WHERE c.id = b.payment_id)
            """;

    private static final String CLAIM_IS_PAYMENT =
            """
            SELECT 'payment ' || p.id || ' is ' || p.state || ', its claim ' || o.state
            FROM payment p LEFT JOIN mint_operation o ON o.payment_id = p.id
            WHERE coalesce(o.state, 'none') <> CASE p.state
                WHEN 'intent' THEN 'pending' WHEN 'refused' THEN 'refused' ELSE 'done' END
            """;

    private static final String PROVIDERS_ARE_BILLS =
            """
            SELECT 'provider ' || b.provider_id || ': bills ' || sum(b.provider_msat)
                || ' msat, earned per day ' || (
                    SELECT coalesce(sum(d.earned_msat), 0) FROM provider_day d
                    WHERE d.provider_id = b.provider_id)
            FROM (
                SELECT provider_id, provider_msat FROM bill
                UNION ALL
                SELECT provider_id, paid_msat FROM house_job WHERE paid_msat > 0) AS b
            GROUP BY b.provider_id
            HAVING sum(b.provider_msat) <> (
                SELECT coalesce(sum(d.earned_msat), 0) FROM provider_day d
                WHERE d.provider_id = b.provider_id)
            """;

    /// Measured by the ledger's own time: what is still open a day before the last transfer was
    /// forgotten, while other money went on.
    private static final String IN_TIME =
            """
            SELECT 'payment ' || id || ' is ' || state || ' since ' || created_at
            FROM payment
            WHERE state IN ('intent', 'claimed') AND created_at < (
                SELECT t.posted_at FROM transfer t ORDER BY t.id DESC LIMIT 1)
                - interval '1 day'
            UNION ALL
            SELECT 'charge ' || id || ' is held since ' || created_at
            FROM charge
            WHERE state = 'held' AND created_at < (
                SELECT t.posted_at FROM transfer t ORDER BY t.id DESC LIMIT 1)
                - interval '1 day'
            """;

    private final Database database;

    /// @param database where the payments lie
    public PayAuditStore(Database database) {
        this.database = database;
    }

    /// Checks everything; empty when all holds.
    public List<Finding> findings() {
        Map<String, String> invariants = new LinkedHashMap<>();
        invariants.put("treasury_is_vault", TREASURY_IS_VAULT);
        invariants.put("escrow_of_closed_payments", ESCROW_OF_CLOSED);
        invariants.put("paid_is_cost_and_change", PAID_IS_COST_AND_CHANGE);
        invariants.put("change_is_given", CHANGE_IS_GIVEN);
        invariants.put("change_is_due", CHANGE_IS_DUE);
        invariants.put("change_is_signed", CHANGE_IS_SIGNED);
        invariants.put("cost_is_bill", COST_IS_BILL);
        invariants.put("providers_are_bills", PROVIDERS_ARE_BILLS);
        invariants.put("escrow_is_open_jobs", ESCROW_IS_OPEN_JOBS);
        invariants.put("escrow_of_charges", ESCROW_OF_CHARGES);
        invariants.put("charge_is_bill", CHARGE_IS_BILL);
        invariants.put("claim_is_payment", CLAIM_IS_PAYMENT);
        invariants.put("payment_in_time", IN_TIME);
        return LedgerAuditStore.check(database, invariants);
    }
}
