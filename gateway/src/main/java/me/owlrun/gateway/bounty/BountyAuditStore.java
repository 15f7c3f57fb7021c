package me.owlrun.gateway.bounty;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.ledger.LedgerAuditStore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The invariants of bounties as queries.
public final class BountyAuditStore {

    private static final String ESCROW_IS_OPEN =
            """
            SELECT 'bounties that wait are ' || w.sats || ' and ' || w.credit
                || ' msat, in escrow are ' || e.sats || ' and ' || e.credit
            FROM (SELECT coalesce(sum(sats_msat), 0) AS sats,
                    coalesce(sum(credit_msat), 0) AS credit
                FROM bounty_accrual WHERE state = 'open') w,
                (SELECT coalesce(sum(balance_msat) FILTER (WHERE kind = 'bounty_escrow'), 0)
                        AS sats,
                    coalesce(sum(balance_msat) FILTER (WHERE kind = 'credit_bounty_escrow'), 0)
                        AS credit
                FROM account WHERE kind IN ('bounty_escrow', 'credit_bounty_escrow')) e
            WHERE w.sats <> e.sats OR w.credit <> e.credit
            """;

    /// What each transfer of this feature must bring to which account, held against the ledger.
    private static final String BOOKED =
            """
            WITH due (key, kind, msat) AS (
                SELECT 'bounty_feed:' || seal, 'bounty_pool', fed_sats_msat FROM bounty_batch
                UNION ALL
                SELECT 'bounty_feed:' || seal, 'credit_bounty_pool', fed_credit_msat
                FROM bounty_batch
                UNION ALL
                SELECT 'bounty_fund:' || name, 'bounty_pool', sats_msat FROM bounty_fund
                UNION ALL
                SELECT 'bounty_fund:' || name, 'credit_bounty_pool', credit_msat FROM bounty_fund
                UNION ALL
                SELECT 'bounty_accrue:' || seal, 'bounty_escrow', sum(sats_msat)
                FROM bounty_accrual GROUP BY seal
                UNION ALL
                SELECT 'bounty_accrue:' || seal, 'credit_bounty_escrow', sum(credit_msat)
                FROM bounty_accrual GROUP BY seal
                UNION ALL
                SELECT closed_by, CASE state WHEN 'vested' THEN 'sats' ELSE 'bounty_pool' END,
                    sum(sats_msat)
                FROM bounty_accrual WHERE state <> 'open' GROUP BY 1, 2
                UNION ALL
                SELECT closed_by,
                    CASE state WHEN 'vested' THEN 'credit' ELSE 'credit_bounty_pool' END,
                    sum(credit_msat)
                FROM bounty_accrual WHERE state <> 'open' GROUP BY 1, 2
            ), booked AS (
                SELECT t.idempotency_key AS key, a.kind, sum(e.amount_msat) AS msat
                FROM transfer t JOIN entry e ON e.transfer_id = t.id
                JOIN account a ON a.id = e.account_id
                WHERE t.kind LIKE 'bounty%' AND e.amount_msat > 0
                GROUP BY 1, 2
            )
            SELECT coalesce(d.key, b.key) || ' should bring ' || coalesce(d.kind, b.kind) || ' '
                || coalesce(d.msat, 0) || ' msat and brings ' || coalesce(b.msat, 0)
            FROM (SELECT * FROM due WHERE msat <> 0) d
            FULL JOIN booked b ON b.key = d.key AND b.kind = d.kind
            WHERE d.msat IS DISTINCT FROM b.msat
            """;

    private static final String VESTED_IS_THE_PROVIDERS =
            """
            SELECT 'bounty ' || a.id || ' of provider ' || a.provider_id || ' went elsewhere'
            FROM bounty_accrual a
            WHERE a.state = 'vested' AND NOT EXISTS (
                SELECT 1 FROM transfer t JOIN entry e ON e.transfer_id = t.id
                JOIN account p ON p.id = e.account_id
                WHERE t.idempotency_key = a.closed_by AND p.owner = a.provider_id::text
                    AND p.kind IN ('sats', 'credit'))
            """;

    private static final String BELOW_THE_CUT =
            """
            SELECT 'bounty of job ' || a.job_id || ' with pay and referral is no less than its cost'
            FROM bounty_accrual a JOIN bill b ON b.payment_id = a.payment_id
            WHERE a.base_sats_msat + a.base_credit_msat <> b.provider_msat
                OR a.sats_msat + a.credit_msat + b.provider_msat >= b.cost_msat
                OR a.cut_sats_msat + a.cut_credit_msat > b.fee_msat + b.fx_msat
            """;

    private static final String DAYS_ARE_SUMS =
            """
            SELECT 'bounties of ' || coalesce(d.model, s.model) || ' on '
                || coalesce(d.day, s.day) || ' are not what the day says'
            FROM bounty_day d FULL JOIN (
                SELECT model, (settled_at AT TIME ZONE 'UTC')::date AS day,
                    sum(sats_msat) AS sats, sum(credit_msat) AS credit
                FROM bounty_accrual GROUP BY 1, 2) s ON s.model = d.model AND s.day = d.day
            WHERE d.sats_msat IS DISTINCT FROM s.sats OR d.credit_msat IS DISTINCT FROM s.credit
            """;

    private final Database database;

    /// @param database where the bounties lie
    public BountyAuditStore(Database database) {
        this.database = database;
    }

    /// Checks everything; empty when all holds.
    public List<Finding> findings() {
        Map<String, String> invariants = new LinkedHashMap<>();
        invariants.put("bounty_escrow_is_open", ESCROW_IS_OPEN);
        invariants.put("bounty_is_booked", BOOKED);
        invariants.put("bounty_is_the_providers", VESTED_IS_THE_PROVIDERS);
        invariants.put("bounty_below_the_cut", BELOW_THE_CUT);
        invariants.put("bounty_days_are_sums", DAYS_ARE_SUMS);
        return LedgerAuditStore.check(database, invariants);
    }
}
