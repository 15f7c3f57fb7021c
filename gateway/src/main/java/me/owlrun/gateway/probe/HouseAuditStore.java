package me.owlrun.gateway.probe;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.ledger.LedgerAuditStore;

import java.util.List;
import java.util.Map;

/// The invariants between jobs of the house and the ledger as queries.
public final class HouseAuditStore {

    private static final String HOLD_IS_OPEN_JOBS =
            """
            SELECT 'faucet_hold holds ' || booked || ' msat, open jobs ' || open
            FROM (
                SELECT
                    (SELECT coalesce(sum(balance_msat), 0) FROM account
                    WHERE kind = 'faucet_hold') AS booked,
                    (SELECT coalesce(sum(held_msat), 0) FROM house_job WHERE state = 'open')
                        AS open) AS both_sides
            WHERE booked <> open
            """;

    private static final String PAID_IS_BOOKED =
            """
            SELECT 'job of the house ' || h.id || ' (' || h.state || '): held ' || h.held_msat
                || ', paid ' || h.paid_msat || ' msat, booked '
                || coalesce(sum(e.amount_msat) FILTER (WHERE a.kind = 'sats'), 0)
            FROM house_job h
            LEFT JOIN transfer t ON t.reference = h.id
            LEFT JOIN entry e ON e.transfer_id = t.id
            LEFT JOIN account a ON a.id = e.account_id
            WHERE h.held_msat > 0
            GROUP BY h.id
            HAVING coalesce(sum(e.amount_msat) FILTER (WHERE a.kind = 'sats'
                        AND a.owner = h.provider_id::text), 0) <> h.paid_msat
                OR coalesce(sum(e.amount_msat) FILTER (WHERE a.kind = 'faucet_hold'), 0)
                    <> CASE h.state WHEN 'open' THEN h.held_msat ELSE 0 END
                OR -coalesce(sum(e.amount_msat) FILTER (WHERE a.kind = 'faucet'), 0)
                    <> CASE h.state WHEN 'open' THEN h.held_msat ELSE h.paid_msat END
            """;

    private static final String BOOKED_IS_OF_A_JOB =
            """
            SELECT 'transfer ' || t.id || ' is of no job of the house'
            FROM transfer t
            WHERE t.kind IN ('house_hold', 'house_settle', 'house_void')
                AND NOT EXISTS (SELECT 1 FROM house_job h WHERE h.id = t.reference)
            """;

    private final Database database;

    /// @param database where the tables lie
    public HouseAuditStore(Database database) {
        this.database = database;
    }

    /// Checks everything; empty when all holds.
    public List<Finding> findings() {
        return LedgerAuditStore.check(
                database,
                Map.of(
                        "faucet_hold_is_open_jobs", HOLD_IS_OPEN_JOBS,
                        "house_job_is_booked", PAID_IS_BOOKED,
                        "booked_is_of_a_house_job", BOOKED_IS_OF_A_JOB));
    }
}
