package me.owlrun.gateway.free;

import me.owlrun.db.Database;
import me.owlrun.gateway.ledger.Finding;
import me.owlrun.gateway.ledger.LedgerAuditStore;

import java.util.List;
import java.util.Map;

/// The invariants of what is given away as queries.
public final class FreeAuditStore {

    private static final String DAYS_ARE_JOBS =
            """
            SELECT 'karma of node ' || coalesce(k.node_id, f.node_id) || ' on '
                || coalesce(k.day, f.day) || ': ' || coalesce(k.karma_tokens, 0) || ' of '
                || coalesce(k.jobs, 0) || ' jobs, served ' || coalesce(f.karma_tokens, 0) || ' of '
                || coalesce(f.jobs, 0)
            FROM karma_day k
            FULL JOIN (
                SELECT provider_id, node_id, day, count(*) AS jobs,
                    sum(completion_tokens) AS tokens, sum(karma_tokens) AS karma_tokens
                FROM free_job GROUP BY provider_id, node_id, day) f
                ON f.provider_id = k.provider_id AND f.node_id = k.node_id AND f.day = k.day
            WHERE k.jobs IS DISTINCT FROM f.jobs OR k.tokens IS DISTINCT FROM f.tokens
                OR k.karma_tokens IS DISTINCT FROM f.karma_tokens
            """;

    private static final String FREE_IS_NOT_BILLED =
            """
            SELECT 'job ' || f.job_id || ' was given away and billed to ' || b.payment_id
            FROM free_job f JOIN bill b ON b.job_id = f.job_id
            """;

    private final Database database;

    /// @param database where the jobs lie
    public FreeAuditStore(Database database) {
        this.database = database;
    }

    /// Checks everything; empty when all holds.
    public List<Finding> findings() {
        return LedgerAuditStore.check(
                database,
                Map.of(
                        "karma_is_free_jobs", DAYS_ARE_JOBS,
                        "free_job_is_not_billed", FREE_IS_NOT_BILLED));
    }
}
