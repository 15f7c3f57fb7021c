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
        return check(database, invariants);
    }

    /// Runs invariants in one snapshot.
    ///
    /// @param invariants by code, a query that gives one text per broken row
    public static List<Finding> check(Database database, Map<String, String> invariants) {
        return database.transaction(connection -> {
            try (PreparedStatement snapshot =
                    connection.prepareStatement(
                            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")) {
                snapshot.execute();
            }
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
