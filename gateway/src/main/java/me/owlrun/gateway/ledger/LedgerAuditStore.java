package me.owlrun.gateway.ledger;

import me.owlrun.db.Database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The invariants of the ledger as queries: each gives one text per row that breaks it.
public final class LedgerAuditStore {

    /// How many broken rows one invariant reports.
    private static final int FINDINGS_MAX = 100;

    private static final String SUM_ZERO =
            """
            SELECT 'transfer ' || e.transfer_id || ' adds up to ' || sum(e.amount_msat) || ' msat'
                || CASE WHEN (a.kind LIKE 'credit%') THEN ' of credit' ELSE '' END
            FROM entry e JOIN account a ON a.id = e.account_id
            GROUP BY e.transfer_id, a.kind LIKE 'credit%' HAVING sum(e.amount_msat) <> 0
            """;

    private static final String TWO_SIDED =
            """
            SELECT 'transfer ' || id || ' has no two entries'
            FROM transfer t
            WHERE (SELECT count(*) FROM entry e WHERE e.transfer_id = t.id) < 2
            """;

    private static final String BALANCE_IS_SUM =
            """
            SELECT a.kind || '/' || a.owner || ' says ' || a.balance_msat || ' msat, its entries '
                || coalesce(sum(e.amount_msat), 0)
            FROM account a LEFT JOIN entry e ON e.account_id = a.id
            GROUP BY a.id
            HAVING a.balance_msat <> coalesce(sum(e.amount_msat), 0)
            """;

    private static final String FLOORS =
            """
            SELECT kind || '/' || owner || ' is at ' || balance_msat || ' msat'
            FROM account WHERE balance_msat < floor_msat
            """;

    private static final String ENTRIES_HAVE_BOTH =
            """
            SELECT 'entry of transfer ' || e.transfer_id || ' in account ' || e.account_id
                || ' lacks one of them'
            FROM entry e LEFT JOIN transfer t ON t.id = e.transfer_id
                LEFT JOIN account a ON a.id = e.account_id
            WHERE t.id IS NULL OR a.id IS NULL
            """;

    private static final String REQUEST_IS_ENTRIES =
            """
            SELECT 'transfer ' || t.id || ' is not what was asked under ' || t.idempotency_key
            FROM transfer t
            WHERE t.batch IS NOT NULL AND t.request_sha256 IS DISTINCT FROM (
                SELECT sha256(convert_to(t.kind || '|' || t.reference || string_agg(
                    l.line, '' ORDER BY l.line COLLATE "C"), 'UTF8'))
                FROM (
                    SELECT '|' || a.kind || CASE a.owner WHEN '' THEN '' ELSE '/' || a.owner END
                        || '=' || e.amount_msat AS line
                    FROM entry e JOIN account a ON a.id = e.account_id
                    WHERE e.transfer_id = t.id) l)
            """;

    private static final String SEALS_COVER =
            """
            SELECT 'seal ' || s.n || ' is not of the transfers of its batch'
            FROM ledger_seal s LEFT JOIN LATERAL (
                SELECT count(*) AS n, sha256(string_agg(
                    int4send(octet_length(convert_to(idempotency_key, 'UTF8')))
                        || convert_to(idempotency_key, 'UTF8') || request_sha256
                        || int8send((extract(epoch FROM posted_at) * 1000000)::bigint),
                    ''::bytea ORDER BY idempotency_key COLLATE "C")) AS sha256
                FROM transfer t WHERE t.batch = s.batch) b ON true
            WHERE b.n <> s.transfers OR b.sha256 IS DISTINCT FROM s.transfers_sha256
            """;

    private static final String SEALS_CHAIN =
            """
            SELECT 'seal ' || c.n || ' does not follow from the one before'
            FROM (
                SELECT s.*, lag(n, 1, 0::bigint) OVER (ORDER BY n) AS n_before,
                    lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER (ORDER BY n) AS before
                FROM ledger_seal s) c
            WHERE n <> n_before + 1 OR hash <> sha256('Owlrun_ledger_v1'::bytea || before
                || int8send(n) || int8send((extract(epoch FROM sealed_at) * 1000000)::bigint)
                || int4send(transfers) || transfers_sha256)
            UNION ALL
            SELECT 'the head of the chain is not its last seal' FROM ledger_seal_head h
            WHERE h.n <> (SELECT count(*) FROM ledger_seal) OR h.hash IS DISTINCT FROM coalesce(
                (SELECT s.hash FROM ledger_seal s WHERE s.n = h.n),
                decode(repeat('00', 32), 'hex'))
            UNION ALL
            SELECT 'transfer ' || id || ' came after the chain began and is not sealed'
            FROM transfer t
            WHERE batch IS NULL AND id > (SELECT min(id) FROM transfer WHERE batch IS NOT NULL)
            UNION ALL
            SELECT 'transfer ' || id || ' is of a batch that has no seal'
            FROM transfer t
            WHERE batch IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM ledger_seal s WHERE s.batch = t.batch)
            """;

    private final Database database;

    /// @param database where the ledger lies
    public LedgerAuditStore(Database database) {
        this.database = database;
    }

    /// Checks everything; empty when all holds.
    public List<Finding> findings() {
        Map<String, String> invariants = new LinkedHashMap<>();
        invariants.put("transfer_sum_zero", SUM_ZERO);
        invariants.put("transfer_two_sided", TWO_SIDED);
        invariants.put("balance_is_sum_of_entries", BALANCE_IS_SUM);
        invariants.put("floors", FLOORS);
        invariants.put("entries_have_both", ENTRIES_HAVE_BOTH);
        invariants.put("request_is_entries", REQUEST_IS_ENTRIES);
        invariants.put("seals_cover", SEALS_COVER);
        invariants.put("seals_chain", SEALS_CHAIN);
        return check(database, invariants);
    }

    /// Runs invariants in one snapshot.
    ///
    /// @param invariants by code, a query that gives one text per broken row
    public static List<Finding> check(Database database, Map<String, String> invariants) {
        return database.snapshot(connection -> {
            List<Finding> findings = new ArrayList<>();
            for (Map.Entry<String, String> invariant : invariants.entrySet()) {
                check(connection, invariant.getKey(), invariant.getValue(), findings);
            }
            return findings;
        });
    }

    private static void check(
            Connection connection, String code, String sql, List<Finding> findings)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setMaxRows(FINDINGS_MAX);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    findings.add(new Finding(code, rows.getString(1)));
                }
            }
        }
    }
}
